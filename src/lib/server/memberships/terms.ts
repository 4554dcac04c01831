/** What a guest's access to a space is: who answers for them. The same for an invitation, for whoever accepts it. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import * as access from '../access';
import {
  changed,
  must,
  type Batch,
  type CommitOptions,
  type Committed,
  type Ctx,
  type SignedIn,
} from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
import { allow } from '../policy';
import { invitation, isOpenInvitation, membership, space, user } from '../schema';
import * as sponsors from '../sponsors';

/** As typed. */
export interface TermsForm {
  /** A name or an address; empty: nobody. */
  sponsor: string;
}

interface Terms {
  sponsorId: string | null;
}

/** `guest:<id of the account>` or `invitation:<id>` */
const partsOf = (ref: string): [kind: string, id: string] => {
  const at = ref.indexOf(':');
  return [ref.slice(0, at), ref.slice(at + 1)];
};

/** What is stored now, and whom the form offers. */
function queries(ctx: Ctx, spaceId: number, ref: string) {
  const [kind, id] = partsOf(ref);
  const sponsor = (column: string) =>
    sql<string | null>`(select su.email from user su where su.id = ${sql.raw(column)}
    and ${sponsors.answersIn(sql`${spaceId}`, sql`su.id`)})`.as('sponsor_email');
  return {
    rows:
      kind === 'guest'
        ? ctx.db
            .select({ sponsor: sponsor('membership.sponsor_id') })
            .from(membership)
            .innerJoin(user, and(eq(user.id, membership.userId), eq(user.kind, 'guest')))
            .where(and(eq(membership.spaceId, spaceId), eq(membership.userId, id)))
        : ctx.db
            .select({ sponsor: sponsor('coalesce(invitation.sponsor_id, invitation.invited_by)') })
            .from(invitation)
            .innerJoin(space, eq(space.id, invitation.spaceId))
            .where(and(eq(invitation.id, id), eq(invitation.spaceId, spaceId), isOpenInvitation())),
    offered: sponsors.offered(ctx, spaceId),
  };
}

/** @returns null if there is no such guest or invitation */
export async function terms(ctx: SignedIn, spaceId: number, ref: string) {
  const { reach, rows, offered } = await ctx.read({
    reach: access.spaceQuery(ctx, spaceId),
    ...queries(ctx, spaceId, ref),
  });
  allow(ctx, 'space.administer', access.foundSpace(ctx, reach));
  return rows[0] ? { ...rows[0], offered } : null;
}

export async function termsForSite(ctx: SignedIn, spaceId: number, userId: string) {
  allow(ctx, 'site.administer');
  const { rows, offered } = await ctx.read(queries(ctx, spaceId, `guest:${userId}`));
  return rows[0] ? { ...rows[0], offered } : null;
}

export async function changeTerms(
  ctx: SignedIn,
  spaceId: number,
  ref: string,
  form: TermsForm,
): Promise<void> {
  await access.requireAdministrator(ctx, spaceId);
  await change(ctx, spaceId, ref, form, (statements, options) =>
    ctx.commit([access.stillAdministers(ctx, spaceId), statements], options),
  );
}

/** The same by an administrator of the site, who need not be in the space. */
export async function changeTermsForSite(
  ctx: SignedIn,
  spaceId: number,
  userId: string,
  form: TermsForm,
): Promise<void> {
  allow(ctx, 'site.administer');
  const there = and(eq(space.id, spaceId), isNull(space.deletedAt));
  if ((await ctx.db.$count(space, there)) === 0) throw new Refusal('missing');
  await change(ctx, spaceId, `guest:${userId}`, form, (statements, options) =>
    access.commitForSite(ctx, statements, options),
  );
}

async function change(
  ctx: SignedIn,
  spaceId: number,
  ref: string,
  form: TermsForm,
  write: (statements: Batch, options: CommitOptions) => Promise<Committed>,
): Promise<void> {
  const [kind, id] = partsOf(ref);
  const sponsorId = await sponsors.found(ctx, spaceId, form.sponsor);
  const wanted: Terms = { sponsorId };
  const row =
    kind === 'guest'
      ? and(
          eq(membership.spaceId, spaceId),
          eq(membership.userId, id),
          sql`exists (select 1 from user where id = ${id} and kind = 'guest')`,
        )
      : and(eq(invitation.id, id), eq(invitation.spaceId, spaceId), isOpenInvitation());
  const table = kind === 'guest' ? membership : invitation;
  await write(
    [
      ctx.db
        .update(table)
        .set(wanted)
        .where(and(row, sql`sponsor_id is not ${sponsorId}`)),
      must(ctx, changed()),
      // They may have left meanwhile.
      sponsorId !== null &&
        must(ctx, sponsors.answersIn(sql`${spaceId}`, sql`${sponsorId}`), 'sponsor.unknown'),
      record(ctx, {
        kind: 'space.guest-access-changed',
        subject: kind === 'guest' ? `user:${id}` : `invitation:${id}`,
        spaceId,
        detail: { sponsor: sponsorId },
      }),
    ],
    // As wanted already is a success.
    { refusal: async () => ((await ctx.db.$count(table, row)) > 0 ? null : new Refusal('missing')) },
  );
}
