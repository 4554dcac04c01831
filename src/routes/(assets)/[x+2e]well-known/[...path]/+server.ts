import { Refusal } from '$lib/server/errors';
import { answerPublic } from '$lib/server/http';

/** No login page: browsers trust `change-password` only where a made-up name is missing. */
export const GET = (event) =>
  answerPublic(event, () => {
    throw new Refusal('missing');
  });
