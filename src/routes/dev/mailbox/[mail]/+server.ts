import { answerPublic } from '$lib/server/http';
import { previewResponse } from '$lib/server/mail/preview';
import { mailboxEntry } from '$lib/server/mail/transport';

export const GET = (event) =>
  answerPublic(event, async (ctx) => {
    const mail = await mailboxEntry(ctx, event.params.mail);
    return mail ? previewResponse(mail.html) : new Response('Not found', { status: 404 });
  });
