import * as v from 'valibot';
import * as body from '$lib/server/body';
import { answerPublic } from '$lib/server/http';
import { apply } from '$lib/server/mail-log';

const reports = v.array(
  v.object({ event: v.string(), campaign_id: v.string(), reason: v.optional(v.string(), '') }),
);

// What the mail service would report, unsigned: on a developer's machine no mail leaves, so none comes back.
export const POST = (event) =>
  answerPublic(event, async (ctx) => {
    await apply(ctx, v.parse(reports, await body.json(event.request)));
    return new Response(null, { status: 204 });
  });
