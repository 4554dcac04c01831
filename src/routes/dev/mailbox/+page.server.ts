import { showPublic } from '$lib/server/http';
import { mailbox } from '$lib/server/mail/transport';

export const load = (event) => showPublic(event, async (ctx) => ({ mails: await mailbox(ctx, 200) }));
