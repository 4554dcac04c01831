import { show } from '$lib/server/http';
import { mailbox } from '$lib/server/mail/transport';

export const load = (event) => show(event, async (ctx) => ({ mails: await mailbox(ctx, 200) }));
