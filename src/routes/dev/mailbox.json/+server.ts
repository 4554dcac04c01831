import { json } from '@sveltejs/kit';
import { answer } from '$lib/server/http';
import { mailbox } from '$lib/server/mail/transport';

export const GET = (event) => answer(event, async (ctx) => json(await mailbox(ctx, 1000)));
