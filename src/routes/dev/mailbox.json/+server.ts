import { json } from '@sveltejs/kit';
import { answerPublic } from '$lib/server/http';
import { mailbox } from '$lib/server/mail/transport';

export const GET = (event) => answerPublic(event, async (ctx) => json(await mailbox(ctx, 1000)));
