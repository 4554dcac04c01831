import { answerPublic } from '$lib/server/http';
import { mailboxEntry, sandboxed } from '$lib/server/mail/transport';

export const GET = (event) =>
  answerPublic(event, async (ctx) => {
    const mail = await mailboxEntry(ctx, event.params.mail);
    return mail ? sandboxed(mail.html) : new Response('Not found', { status: 404 });
  });
