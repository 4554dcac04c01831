import { json } from '@sveltejs/kit';
import * as v from 'valibot';
import { preview } from '$lib/schemas';
import * as body from '$lib/server/body';
import { Refusal } from '$lib/server/errors';
import { answer } from '$lib/server/http';
import * as mentions from '$lib/server/mentions/completion';

/** Previews a text from JSON or a form. Stores nothing. */
export const POST = (event) =>
  answer(event, async (ctx) => {
    const people = await mentions.nameable(ctx, Number(event.params.id), 'preview');
    const parsed = v.safeParse(preview, await sent(event.request));
    if (!parsed.success) throw new Refusal('invalid');
    return json(mentions.preview(parsed.output.text, people));
  });

/** Anything: the schema decides. */
const sent = async (request: Request): Promise<unknown> =>
  body.typeOf(request) === 'application/json'
    ? body.json(request, LONGEST)
    : Object.fromEntries(await body.form(request, LONGEST));
/** Bytes: the longest text in a script with three bytes a character, URL-encoded. */
const LONGEST = 200_000;
