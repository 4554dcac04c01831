import { sql } from 'drizzle-orm';
import type { By } from '../audit';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import { acceptance } from '../schema';
import * as settings from '../settings';
import { ofPerson } from './list';
import { ofGuests, type Terms } from './rule';

/** @throws Refusal that is tied to the box */
export function refuseUnaccepted(terms: Terms | null, typed: string): void {
  if (!terms || typed === terms.value) return;
  throw new Refusal('invalid', { key: typed ? 'terms.changed' : 'terms.missing', field: 'terms' });
}

/** For the batch of a sign-up, behind the account's insert. @param typed as `refuseUnaccepted` let it pass */
export function acceptedWith(ctx: Ctx, typed: string | null, by: By & { id: string }): Statement[] {
  const [, version, url] = /^(\d+) (.+)$/.exec(typed ?? '') ?? [];
  if (!version || !url) return [];
  return [
    ctx.db
      .insert(acceptance)
      .values({ userId: by.id, version: Number(version), url, at: ctx.now })
      .onConflictDoNothing(),
    must(ctx, changed()),
    ...record(ctx, {
      kind: 'account.terms-accepted',
      subject: `user:${by.id}`,
      detail: { version: Number(version), url },
      by,
    }),
  ];
}

/** Nothing is written about whoever was erased meanwhile. */
const stillThere = (ctx: Ctx, id: string): Statement =>
  must(ctx, sql`exists (select 1 from user where id = ${id} and erased_at is null)`);

/** The actor accepts what the page showed. What is accepted already is not written again. */
export async function accept(ctx: SignedIn, typed: string): Promise<void> {
  const terms = ctx.actor.kind === 'guest' ? ofGuests(await settings.read(ctx)) : null;
  if (!terms) return;
  refuseUnaccepted(terms, typed);
  await ctx.commit([stillThere(ctx, ctx.actor.id), ...acceptedWith(ctx, terms.value, ctx.actor)], {
    refusal: () => null,
    always: true,
  });
}

/** For the page that asks. `before`: they have accepted older ones. */
export async function asked(ctx: SignedIn): Promise<{ terms: Terms; before: boolean }> {
  const terms = ctx.actor.kind === 'guest' ? ofGuests(await settings.read(ctx)) : null;
  if (!terms) throw new Refusal('missing');
  return { terms, before: (await ofPerson(ctx, ctx.actor.id, null, 1)).length > 0 };
}
