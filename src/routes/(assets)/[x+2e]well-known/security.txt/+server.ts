import { answerPublic } from '$lib/server/http';
import * as wellKnown from '$lib/server/well-known';

export const GET = (event) => answerPublic(event, wellKnown.securityText);
