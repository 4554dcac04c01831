import { json } from '@sveltejs/kit';
import * as v from 'valibot';
import { preview } from '$lib/schemas';
import { Refusal } from '$lib/server/errors';
import { answer } from '$lib/server/http';
import * as mentions from '$lib/server/mentions';

/** A text as it will look. Takes JSON or a form, and keeps nothing. */
export const POST = (event) =>
  answer(event, async (ctx) => {
    const people = await mentions.nameable(ctx, Number(event.params.id));
    const parsed = v.safeParse(preview, await sent(event.request));
    if (!parsed.success) throw new Refusal('invalid');
    return json({ html: mentions.preview(parsed.output.text, people) });
  });

/** What came, whatever it is: the schema decides. Much more than the longest text is not read at all. */
async function sent(request: Request): Promise<unknown> {
  if (Number(request.headers.get('content-length')) > 200_000) throw new Refusal('invalid');
  const isJson = request.headers.get('content-type')?.startsWith('application/json');
  return (isJson ? request.json() : request.formData().then(Object.fromEntries)).catch(() => null);
}
