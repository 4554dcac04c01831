/** Where the web meets the domain: parses input, calls a verb, turns a Refusal into HTTP. */
import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import { fileLimits, fileSize } from '../files';
import type { FormFailure } from '../forms';
import { loadTranslator, type MessageKey, type Params } from '../messages';
import { OWNER_FIELD } from '../page-owner';
import { asGuest } from './access';
import * as body from './body';
import { hasEnded, sessionLasts, SESSION_ENDED, signedIn, type Ctx, type SignedIn } from './context';
import { Refusal } from './errors';
import { isSecret } from './fields';
import * as news from './news';
import * as pendingPost from './pending-post';

type Locals = { locals: App.Locals };

export const show = <T>(event: Locals, read: (ctx: SignedIn) => Promise<T> | T): Promise<T> =>
  showPublic(event, (ctx) => read(signedIn(ctx)));

/** Below the address of a view (access/viewing.ts): as its guest sees the space. */
export const showAs = <T>(
  { locals, params }: Locals & { params: { id: string; guest: string } },
  read: (ctx: SignedIn, spaceId: number) => Promise<T>,
): Promise<T> => show({ locals }, (ctx) => read(asGuest(ctx, params.guest), Number(params.id)));

export async function showPublic<T>(event: Locals, read: (ctx: Ctx) => Promise<T> | T): Promise<T> {
  if (event.locals.refused) error(404, notFound);
  try {
    return await read(event.locals.ctx);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    note(event, thrown);
    const space = event.locals.ctx.reached;
    if (thrown.kind === 'missing' || thrown.kind === 'forbidden') error(404, { ...notFound, space });
    error(thrown.status, { message: thrown.message, ...thrown.detail, space });
  }
}

const forbidden = { message: 'Forbidden', key: 'error.forbidden' as MessageKey };
const notFound = { message: 'Not found', key: 'error.not-found' as MessageKey };

/** For the log (hooks.server.ts). Mistakes in a form are none of its business. */
function note({ locals }: Locals, { kind }: Refusal): void {
  if (kind === 'missing' || kind === 'forbidden' || kind === 'throttled') locals.refusal = kind;
}

type ObjectSchema = v.GenericSchema & { entries: Record<string, v.GenericSchema> };

export const form = <S extends ObjectSchema, Event extends RequestEvent, R>(
  schema: S,
  act: (ctx: SignedIn, input: v.InferOutput<S>, event: Event) => Promise<R>,
  may?: (ctx: SignedIn, params: Event['params']) => unknown,
  { judge, again, preview }: More<SignedIn, S, Event> = {},
) =>
  formPublic<S, Event, R>(
    schema,
    (ctx, input, event) => act(signedIn(ctx), input, event),
    (ctx, params) => {
      const signed = signedIn(ctx);
      return may?.(signed, params);
    },
    {
      judge: judge && ((ctx, valid, event) => judge(signedIn(ctx), valid, event)),
      again: again && ((ctx, input, event) => again(signedIn(ctx), input, event)),
      preview: preview && ((ctx, input, event) => preview(signedIn(ctx), input, event)),
    },
  );

interface More<C, S extends ObjectSchema, Event> {
  /** What the domain refuses of the valid fields, where others are refused already: a form names all its faults at once. */
  judge?: (ctx: C, valid: Partial<v.InferOutput<S>>, event: Event) => Promise<void>;
  /** Where a post leads that comes again after it has ended the right to send it; null if it is no such post. */
  again?: (ctx: C, input: v.InferOutput<S>, event: Event) => Promise<string | null>;
  /** For `?preview`, which posts nothing: what the text will look like, as HTML. The form is shown again with it. */
  preview?: (ctx: C, input: v.InferOutput<S>, event: Event) => Promise<string>;
}

/**
 * The verb returns an address to redirect to (303), or data.
 * @param may asked before the input is looked at
 */
export const formPublic =
  <S extends ObjectSchema, Event extends RequestEvent, R>(
    schema: S,
    act: (ctx: Ctx, input: v.InferOutput<S>, event: Event) => Promise<R>,
    may?: (ctx: Ctx, params: Event['params']) => unknown,
    { judge, again, preview }: More<Ctx, S, Event> = {},
  ) =>
  async (event: Event) => {
    if (event.locals.refused) error(403, forbidden);
    let data = new FormData();
    let typed: Record<string, unknown> = {};
    let result: R;
    try {
      try {
        await may?.(event.locals.ctx, event.params);
      } catch (ended) {
        const address = again && (await repeated(schema, again, event));
        if (!address) throw ended;
        lead(event, address);
      }
      data = await formData(event.request, limitOf(schema), event.locals.ctx);
      typed = fields(schema, data);
      await stillHere(event.locals.ctx);
      // What one person typed is not sent in the name of another, who has logged in in the same browser since.
      if (isSomebodyElses(data, event.locals.ctx))
        return fail(401, failure(typed, { '': { key: 'login.other' } }));
      if (event.locals.pendingPost) return fail(200, failure(typed, { '': { key: 'form.held' } }));
      const parsed = v.safeParse(schema, typed);
      if (!parsed.success) {
        const more = await judge?.(event.locals.ctx, validOf(schema, typed), event).catch(sentencesOf);
        return fail(400, failure(typed, { ...more, ...errorsOf(parsed.issues) }));
      }
      if (preview && event.url.searchParams.has('preview'))
        return { ...failure(typed, {}), preview: await preview(event.locals.ctx, parsed.output, event) };
      result = await act(event.locals.ctx, parsed.output, event);
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      note(event, thrown);
      if (hasEnded(thrown)) return ended(event, data, typed);
      const space = event.locals.ctx.reached;
      if (thrown.kind === 'missing') error(404, { ...notFound, space });
      if (!thrown.detail.key) error(thrown.status, { ...forbidden, space });
      const refused = failure(typed, sentencesOf(thrown));
      const { newer } = thrown.detail;
      const values = { ...refused.values, ...newer?.values };
      return fail(thrown.status, { ...refused, values, newer: newer?.saved });
    }
    if (typeof result === 'string') lead(event, result);
    return result as Exclude<R, string>;
  };

/** In milliseconds: a body that took longer may have outlived its session, and a refused form is shown with what the person may see. */
const SLOW = 1_000;

async function stillHere(ctx: Ctx): Promise<void> {
  if (!ctx.actor || !ctx.sessionHash || ctx.elapsed() < SLOW) return;
  const { lasts } = await ctx.read({ lasts: ctx.db.all(sql`select 1 where ${sessionLasts(ctx)}`) });
  if (lasts.length === 0) throw new Refusal('conflict', { key: SESSION_ENDED });
}

/** As if the session had ended before (hooks.server.ts): with scripts the page stays, without them the login comes first. */
async function ended({ request, url, locals: { ctx } }: RequestEvent, data: FormData, typed: object) {
  if (request.headers.get('x-sveltekit-action'))
    return fail(401, failure({ ...typed }, { '': { key: SESSION_ENDED } }));
  redirect(303, await pendingPost.toLogin(ctx, () => data, url));
}

function lead({ locals }: Locals, address: string): never {
  news.send(locals.ctx, address);
  redirect(303, address);
}

async function repeated<S extends ObjectSchema, Event extends RequestEvent>(
  schema: S,
  again: NonNullable<More<Ctx, S, Event>['again']>,
  event: Event,
): Promise<string | null> {
  const { ctx, pendingPost } = event.locals;
  const data = await formData(event.request, limitOf(schema), ctx).catch(() => null);
  if (!data || pendingPost || isSomebodyElses(data, ctx)) return null;
  const parsed = v.safeParse(schema, fields(schema, data));
  return parsed.success ? again(ctx, parsed.output, event) : null;
}

const isSomebodyElses = (data: FormData, ctx: Ctx): boolean =>
  data.has(OWNER_FIELD) && data.get(OWNER_FIELD) !== ctx.actor?.id;

function fields(schema: ObjectSchema, data: FormData): Record<string, unknown> {
  const text = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : undefined);
  const list = (name: string, files: boolean) =>
    // An empty file input sends an empty file without a name. With a name, it is a real empty file.
    data
      .getAll(name)
      .filter((x) =>
        files ? typeof x !== 'string' && (x.size > 0 || x.name !== '') : typeof x === 'string',
      );
  return Object.fromEntries(
    Object.entries(schema.entries).map(([name, entry]) => [
      name,
      entry.type === 'array' ? list(name, takesFiles(entry)) : text(data.get(name)),
    ]),
  );
}

const takesFiles = (entry: v.GenericSchema): boolean =>
  'item' in entry && (entry.item as v.GenericSchema).type === 'file';

const limitOf = (schema: ObjectSchema): number =>
  body.PLAIN + (Object.values(schema.entries).some(takesFiles) ? fileLimits.form : 0);

/** Limited, because all of it is held in memory. */
const formData = (request: Request, limit: number, ctx: Ctx): Promise<FormData> => {
  const files = limit > body.PLAIN;
  return body.form(
    request,
    limit,
    () =>
      new Refusal('too-large', {
        key: files ? 'file.form-too-large' : 'form.too-large',
        params: { size: fileSize(files ? fileLimits.form : body.PLAIN, ctx.locale) },
      }),
  );
};

/** Files only by name, because a page cannot fill a file input. */
function failure(typed: Record<string, unknown>, errors: FormFailure['errors']): FormFailure {
  const values = Object.entries(typed)
    .filter(([name, value]) => value !== undefined && !isSecret(name))
    .map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map((one) => (one instanceof File ? one.name : one)) : value,
    ]);
  const order = Object.keys(typed);
  const sorted = Object.entries(errors).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return {
    values: Object.fromEntries(values) as FormFailure['values'],
    errors: Object.fromEntries(sorted),
  };
}

/** @throws what is not about fields */
function sentencesOf(refusal: unknown): FormFailure['errors'] {
  if (!(refusal instanceof Refusal) || !refusal.detail.key) throw refusal;
  const { key, params, field = '', also = [] } = refusal.detail;
  return Object.assign({ [field]: { key, params } }, ...also.map(sentencesOf));
}

const validOf = <S extends ObjectSchema>(schema: S, typed: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(schema.entries).flatMap(([name, entry]) => {
      const { success, output } = v.safeParse(entry, typed[name]);
      return success ? [[name, output]] : [];
    }),
  ) as Partial<v.InferOutput<S>>;

/** The first of each field. A message that is no key of ours comes from a tampered form. */
function errorsOf(issues: readonly v.BaseIssue<unknown>[]): FormFailure['errors'] {
  const errors: FormFailure['errors'] = {};
  for (const issue of issues) {
    const field = String(issue.path?.[0]?.key ?? '');
    const key = (/^[a-z-]+\.[a-z-]+$/.test(issue.message) ? issue.message : 'form.invalid') as MessageKey;
    errors[field] ??= { key, params: limitIn(issue) };
  }
  return errors;
}

/** A refusal says what would fit. */
function limitIn({ type, requirement }: v.BaseIssue<unknown>): Params | undefined {
  if (type === 'min_value') return { min: Number(requirement) };
  return type === 'max_length' || type === 'max_value' ? { max: Number(requirement) } : undefined;
}

export const answer = (
  event: Locals,
  act: (ctx: SignedIn) => Promise<Response> | Response,
  sentence = false,
): Promise<Response> => answerPublic(event, (ctx) => act(signedIn(ctx)), sentence);

/** For scripts. Instead of a 404, somebody who is signed in gets the page that says so (request-limits.ts). */
const bare = ({ locals }: Locals, status: number): Response =>
  status === 404
    ? new Response('Not found', { status, headers: locals.ctx.actor ? { vary: 'accept' } : {} })
    : new Response('Refused', { status });

/** @param sentence adds `{ message }` in the viewer's language, for scripts that show it */
export async function answerPublic(
  event: Locals,
  act: (ctx: Ctx) => Promise<Response> | Response,
  sentence = false,
): Promise<Response> {
  if (event.locals.refused) return bare(event, 404);
  // A kept post can only be shown in a form.
  if (event.locals.pendingPost) return new Response('Refused', { status: 409 });
  try {
    return await act(event.locals.ctx);
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    note(event, thrown);
    const { status, kind, detail } = thrown;
    if (!sentence) return bare(event, kind === 'missing' ? 404 : status);
    const t = await loadTranslator(event.locals.ctx.locale);
    const otherwise = kind === 'missing' ? 'error.not-found' : 'error.forbidden';
    return Response.json({ message: t(detail.key ?? otherwise, detail.params) }, { status });
  }
}
