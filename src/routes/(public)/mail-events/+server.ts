import * as body from '$lib/server/body';
import { answerPublic } from '$lib/server/http';
import { receive } from '$lib/server/mail-log';

// MailChannels posts up to 1,000 reports. Its signature is the permission (hooks.server.ts lets it in without an origin).
export const POST = ({ locals, request }) =>
  answerPublic({ locals }, async (ctx) => {
    await receive(ctx, request.headers, await body.bytes(request));
    return new Response(null, { status: 204 });
  });
