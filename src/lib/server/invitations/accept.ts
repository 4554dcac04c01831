/** The other end of a link: where somebody stands who opens it, and how they get in. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { isLocale, type Locale } from '../../messages';
import * as access from '../access';
import * as accounts from '../accounts';
import { changed, must, type CommitOptions, type Ctx, type Statement, type SignedIn } from '../context';
import { randomId, seal, unseal } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as memberships from '../memberships';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { invitation, membership, space, user, type Settings } from '../schema';
import * as sessions from '../sessions';
import { parse, settingsColumn } from '../settings';
import * as verification from '../verification';
import { DAY, type LinkKind, type Invitation, recognise } from './links';
import { anybodyMay, domainMay, inviterMay, takeable } from './rule';

/** Mails to one inviter in a day that somebody asks for a new link. The Guests tab shows who asked, mailed or not. */
const ASKED_A_DAY = 50;
/** A sign-up posted twice (double click) still lands in the space this long afterwards. */
const SECOND_POST = 10 * 60_000;

/** What the page behind a link has to say. Opening it changes nothing. */
export type InvitationState = {
  email: string;
  spaceId: number | null;
  spaceName: string | null;
  inviterName: string;
  expiresAt: number;
  asked: boolean;
} & (
  | { state: 'open'; linkKind: LinkKind; policy: Settings['policy'] }
  | { state: 'other-account'; actorEmail: string }
  /** `inviter`: who invited may send a new link; `others`: somebody else may; `nobody`: nobody is there who could. */
  | { state: 'expired'; renewedBy: 'inviter' | 'others' | 'nobody' }
  | {
      state: 'cancelled' | 'replaced' | 'used' | 'has-account' | 'join' | 'member' | 'inactive' | 'domain';
    }
);

/** Everything about a token in one query: invitation, space, inviter, the account of its address, settings. */
async function findByToken(ctx: Ctx, token: string) {
  const [row] = await ctx.db
    .select({
      invitation,
      spaceName: space.name,
      spaceDeletedAt: space.deletedAt,
      inviterName: sql<string>`(select name from user where id = ${invitation.invitedBy})`,
      inviterMay: sql<number>`${inviterMay()}`.as('inviter_may'),
      domainMay: sql<number>`${domainMay()}`.as('domain_may'),
      anybodyMay: sql<number>`${anybodyMay()}`.as('anybody_may'),
      account: user,
      memberOf: membership.spaceId,
      settings: settingsColumn,
    })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    .leftJoin(user, eq(user.email, invitation.email))
    .leftJoin(membership, and(eq(membership.userId, user.id), eq(membership.spaceId, invitation.spaceId)))
    .where(eq(invitation.id, token.slice(0, 16)));
  const linkKind = row && recognise(ctx, row.invitation, token);
  if (!row || !linkKind) throw new Refusal('missing');
  return { ...row, linkKind, site: parse(row.settings) };
}

/** The language in which somebody was invited, for the page behind the link; null where there is none. */
export async function languageOf(ctx: Ctx, token: string): Promise<Locale | null> {
  const [row] = await ctx.db
    .select({ locale: invitation.locale })
    .from(invitation)
    .where(eq(invitation.id, token.slice(0, 16)));
  return isLocale(row?.locale) ? row.locale : null;
}

type Found = Awaited<ReturnType<typeof findByToken>>;

/** Where somebody stands who opens this link. Refuses (404) a token that never was one. */
export async function stateOf(ctx: Ctx, token: string): Promise<InvitationState> {
  return stateFrom(ctx, await findByToken(ctx, token));
}

function stateFrom(ctx: Ctx, found: Found): InvitationState {
  const { invitation: i, account } = found;
  ctx.settings ??= found.site;
  const common = {
    email: i.email,
    spaceId: i.spaceId,
    spaceName: found.spaceName,
    inviterName: found.inviterName,
    expiresAt: i.expiresAt,
    asked: i.askedAt !== null && i.askedAt > ctx.now - DAY,
  };
  const inside = i.spaceId === null ? i.status === 'accepted' && account !== null : found.memberOf !== null;
  if (i.status === 'cancelled' || found.spaceDeletedAt !== null) return { ...common, state: 'cancelled' };
  if (found.linkKind === 'replaced') return { ...common, state: 'replaced' };
  if (i.status === 'accepted')
    return { ...common, state: inside && ctx.actor?.email === i.email ? 'member' : 'used' };
  if (inside && ctx.actor?.email === i.email) return { ...common, state: 'member' };
  if (i.status === 'expired' || i.expiresAt <= ctx.now || !found.inviterMay) {
    const renewedBy = found.inviterMay ? 'inviter' : found.anybodyMay ? 'others' : 'nobody';
    return { ...common, state: 'expired', renewedBy };
  }
  if (!found.domainMay) return { ...common, state: 'domain' };
  if (ctx.actor && ctx.actor.email !== i.email)
    return { ...common, state: 'other-account', actorEmail: ctx.actor.email };
  if (account?.status === 'inactive') return { ...common, state: 'inactive' };
  if (ctx.actor) return { ...common, state: 'join' };
  if (account) return { ...common, state: inside ? 'member' : 'has-account' };
  return { ...common, state: 'open', linkKind: found.linkKind, policy: found.site.policy };
}

/** The one conditional write that accepts an invitation: it checks version, clock and the rule. */
const take = (ctx: Ctx, i: Pick<Invitation, 'id' | 'version'>, linkKind: LinkKind): Statement[] => [
  ctx.db
    .update(invitation)
    .set({ status: 'accepted', acceptedAt: ctx.now, acceptedLinkKind: linkKind })
    .where(and(eq(invitation.id, i.id), eq(invitation.version, i.version), takeable(ctx))),
  must(ctx, changed()),
];

/** The account that came of it; after the account's own insert, since it refers to it. */
const takenBy = (ctx: Ctx, id: string, userId: string): Statement =>
  ctx.db.update(invitation).set({ acceptedBy: userId }).where(eq(invitation.id, id));

const landing = (spaceId: number | null): string => (spaceId === null ? '/' : `/spaces/${spaceId}`);

/**
 * "Login" on the sign-up page. The mailed link signs up at once; a copied one only after a code mailed to the
 * invited address. A second identical post (double click) with the right password simply lands in the space.
 * @returns where to go; null when the link has changed meanwhile: the page then says how
 */
export async function signUp(
  ctx: Ctx,
  token: string,
  form: { name: string; password: string; formKey?: string },
): Promise<string | null> {
  const found = await findByToken(ctx, token);
  const state = stateFrom(ctx, found);
  const { invitation: i, site } = found;
  if (state.state === 'used' || state.state === 'member') return secondPost(ctx, found, form);
  if (state.state !== 'open') return null;
  const problem = await passwords.problem(site.policy, form.password);
  if (problem) throw new Refusal('invalid', { ...problem, field: 'password' });
  // Each post mails a code to somebody who has not asked for it: counted before it costs a hash.
  const room = state.linkKind === 'copy' ? await verification.reserveMail(ctx, 'signup', i.email) : null;
  const passwordHash = await passwords.hash(form.password);
  if (room) {
    await verification.begin(ctx, room, {
      purpose: 'signup',
      invitationId: i.id,
      invitationVersion: i.version,
      name: form.name,
      passwordHash,
      // The confirmation mail that comes after the code may have to hold it.
      sealedPassword: site.policy.mailPassword
        ? await seal(ctx.config.secret, 'sign-up', form.password)
        : null,
      to: i.emailOriginal,
      locale: language.ofInvited(ctx, i),
      next: landing(i.spaceId),
      siteName: site.siteName,
    });
    return '/verify';
  }
  const done = await createAccount(
    ctx,
    found,
    { name: form.name, passwordHash, password: form.password },
    { linkKind: 'mail', refusal: () => null },
  );
  return done ? landing(i.spaceId) : secondPost(ctx, await findByToken(ctx, token), form);
}

/**
 * The account, its membership, its confirmation mail and its first session, in the batch that takes the invitation.
 * @param how `first`: what must hold besides; `refusal`: when the invitation was taken or changed meanwhile
 * @returns whether it was created
 */
async function createAccount(
  ctx: Ctx,
  found: Pick<Found, 'invitation' | 'spaceName' | 'site'>,
  form: { name: string; passwordHash: string; password: string | null },
  how: { linkKind: LinkKind; first?: Statement[]; refusal: CommitOptions['refusal'] },
): Promise<boolean> {
  const { invitation: i, site } = found;
  const person = {
    id: randomId(),
    kind: i.kind,
    email: i.email,
    emailOriginal: i.emailOriginal,
    name: form.name,
    folded: folded.person({ name: form.name, email: i.email }),
    passwordHash: form.passwordHash,
    credentialEpoch: 0,
    administrator: i.kind === 'user' && i.administrator,
    canCreateSpaces: i.kind === 'user' && i.canCreateSpaces,
    emailVerifiedAt: ctx.now,
    loginCount: 1,
    lastLoginAt: ctx.now,
    // From here on everything is said in it, until it is changed on /me.
    locale: language.ofInvited(ctx, i),
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
  const queued = await outbox.queue(ctx, {
    to: i.emailOriginal,
    locale: person.locale,
    userId: person.id,
    message: {
      kind: 'welcome',
      siteName: site.siteName,
      spaceName: found.spaceName,
      url: ctx.config.origin + landing(i.spaceId),
      loginName: i.email,
      password: site.policy.mailPassword ? form.password : null,
    },
  });
  const handOver = await sessions.begin(ctx, person);
  const { done } = await ctx.commit(
    [
      ...(how.first ?? []),
      ...take(ctx, i, how.linkKind),
      ctx.db.insert(user).values(person),
      takenBy(ctx, i.id, person.id),
      i.spaceId !== null && memberships.join(ctx, i.spaceId, person.id, i.invitedBy),
      queued.statement,
      record(ctx, {
        kind: 'account.created',
        subject: `user:${person.id}`,
        detail: { email: i.email, kind: i.kind },
        spaceId: i.spaceId,
        by: person,
      }),
      record(ctx, {
        kind: 'invitation.accepted',
        subject: `invitation:${i.id}`,
        detail: { email: i.email, linkKind: how.linkKind },
        spaceId: i.spaceId,
        by: person,
      }),
    ],
    { refusal: how.refusal, duplicate: 'lost' },
  );
  if (done) handOver();
  return done;
}

/** The form was posted again after it had worked: the right password lands in the space, once more. */
async function secondPost(
  ctx: Ctx,
  found: Found,
  form: { password: string; formKey?: string },
): Promise<string | null> {
  const { invitation: i, account } = found;
  if (i.status !== 'accepted' || !account || (i.acceptedAt ?? 0) < ctx.now - SECOND_POST) return null;
  // Only what this very form made: the link is no way around the second step of an account that joined by it.
  if (found.linkKind !== 'mail' || i.acceptedBy !== account.id || account.createdAt !== i.acceptedAt)
    return null;
  if (account.status !== 'active') return null;
  if (ctx.actor?.id === account.id) return landing(i.spaceId);
  await accounts.enterAgain(ctx, { ...form, email: account.email });
  return landing(i.spaceId);
}

/** The second step of a sign-up through a copied link: the right code makes the account. @returns where to go */
export async function finishSignUp(ctx: Ctx, passed: verification.Passed): Promise<string> {
  const { challenge } = passed;
  const [row] = await ctx.db
    .select({ invitation, spaceName: space.name, settings: settingsColumn })
    .from(invitation)
    .leftJoin(space, eq(space.id, invitation.spaceId))
    .where(eq(invitation.id, challenge.invitationId!));
  const refusal = new Refusal('conflict', { key: 'invitation.changed' });
  if (!row || row.invitation.version !== challenge.invitationVersion) throw refusal;
  await createAccount(
    ctx,
    { ...row, site: parse(row.settings) },
    {
      name: challenge.name!,
      passwordHash: challenge.passwordHash!,
      password:
        challenge.sealedPassword && (await unseal(ctx.config.secret, 'sign-up', challenge.sealedPassword)),
    },
    { linkKind: 'copy', first: passed.consume, refusal },
  );
  ctx.cookies.delete('foyer-step');
  return challenge.next;
}

/** "Join": a signed-in account takes an invitation of its own address. @returns where to go; null: the link has changed */
export async function join(ctx: SignedIn, token: string): Promise<string | null> {
  const found = await findByToken(ctx, token);
  const state = stateFrom(ctx, found);
  const { invitation: i } = found;
  if (state.state === 'member') return landing(i.spaceId);
  if (state.state !== 'join') return null;
  const actor = ctx.actor;
  const { done } = await ctx.commit(
    [
      ...take(ctx, i, found.linkKind as LinkKind),
      takenBy(ctx, i.id, actor.id),
      i.spaceId !== null && memberships.join(ctx, i.spaceId, actor.id, i.invitedBy),
      actor.locale === null &&
        ctx.db
          .update(user)
          .set({ locale: language.ofInvited(ctx, i) })
          .where(and(eq(user.id, actor.id), isNull(user.locale))),
      ...(i.kind === 'user' && actor.kind === 'guest' ? becomeUser(ctx, i) : []),
      record(ctx, {
        kind: 'invitation.accepted',
        subject: `invitation:${i.id}`,
        detail: { email: i.email, linkKind: found.linkKind },
        spaceId: i.spaceId,
      }),
    ],
    { refusal: () => null },
  );
  return done ? landing(i.spaceId) : null;
}

/** Somebody who became a guest while the invitation was out: it makes them a user, with what it grants. */
function becomeUser(ctx: SignedIn, i: Invitation): Statement[] {
  const may = { administrator: i.administrator, canCreateSpaces: i.canCreateSpaces };
  return [
    ctx.db
      .update(user)
      .set({ kind: 'user', ...may })
      .where(eq(user.id, ctx.actor.id)),
    ...memberships.accountChanged(ctx, ctx.actor.id),
    ...record(ctx, {
      kind: 'account.permission-changed',
      subject: `user:${ctx.actor.id}`,
      detail: { kind: 'user', ...may },
    }),
  ];
}

/**
 * Who can send a new link: the inviter while they may, else another administrator of the space (or of the site).
 */
const whoCanInvite = (ctx: Ctx, i: Invitation) =>
  ctx.db
    .select()
    .from(user)
    .where(sql`${user.id} in ${access.activeAdministratorsOf(i.spaceId ?? 'site')}`)
    .orderBy(sql`id = ${i.invitedBy} desc`, user.createdAt)
    .limit(1);

/** An expired link: asks the inviter, by mail, for a new one; at most once a day. */
export async function askAgain(ctx: Ctx, token: string): Promise<void> {
  const found = await findByToken(ctx, token);
  const { invitation: i } = found;
  if (stateFrom(ctx, found).state !== 'expired') return;
  if (i.askedAt !== null && i.askedAt > ctx.now - DAY) return;
  const [inviter] = await whoCanInvite(ctx, i);
  if (!inviter) return;
  const counter = rateLimit.key(ctx, 'invite', `asked:${inviter.id}`);
  const room = await rateLimit.countInWindow(ctx, counter, ASKED_A_DAY, DAY);
  const mail = {
    to: inviter.emailOriginal,
    locale: language.ofPerson(inviter),
    userId: inviter.id,
    countedOn: [counter],
    message: {
      kind: 'link-asked' as const,
      siteName: found.site.siteName,
      spaceName: found.spaceName ?? found.site.siteName,
      guestEmail: i.email,
      url: ctx.config.origin + (i.spaceId === null ? '/admin/users' : `/spaces/${i.spaceId}/settings/guests`),
    },
  };
  const queued = room.length > 0 && (await outbox.queue(ctx, mail));
  const { done } = await ctx.commit(
    [
      ctx.db
        .update(invitation)
        .set({ askedAt: ctx.now })
        .where(and(eq(invitation.id, i.id), sql`(asked_at is null or asked_at <= ${ctx.now - DAY})`)),
      must(ctx, changed()),
      queued && queued.statement,
      record(ctx, {
        kind: 'invitation.asked-again',
        subject: `invitation:${i.id}`,
        detail: { email: i.email },
        spaceId: i.spaceId,
        by: null,
      }),
    ],
    { refusal: () => null },
  );
  // Somebody else has just asked.
  if (!done && queued) await ctx.db.batch([rateLimit.giveBack(ctx, counter)]);
}
