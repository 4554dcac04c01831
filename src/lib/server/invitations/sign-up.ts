import { eq, sql } from 'drizzle-orm';
import { MINUTE } from '../../time';
import * as accounts from '../accounts';
import { must, type CommitOptions, type Ctx, type Statement } from '../context';
import { randomId, seal, unseal } from '../crypto';
import { checkAll, Refusal, refuseAll } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as language from '../language';
import * as outbox from '../mail/outbox';
import * as memberships from '../memberships';
import * as passwords from '../passwords';
import { invitation, space, user } from '../schema';
import * as sessions from '../sessions';
import * as terms from '../terms';
import { parse, settingsColumn } from '../settings';
import * as verification from '../verification';
import { destinationOf, accept, linkAccount } from './accept';
import type { LinkKind } from './links';
import { findByToken, stateFrom, type Found } from './state';

/** For this long, a sign-up posted again (double click) still leads into the space. */
const SECOND_POST = 10 * MINUTE;

/** What can be said of a form whose other fields are refused already. */
export async function judgeSignUp(
  ctx: Ctx,
  token: string,
  form: { name?: string; company?: string; password?: string; terms?: string },
): Promise<void> {
  const found = await findByToken(ctx, token);
  if (stateFrom(ctx, found).state === 'open') await judged(ctx, found, form);
}

const judged = (
  ctx: Ctx,
  found: Found,
  form: { name?: string; company?: string; password?: string; terms?: string },
): Promise<void> =>
  checkAll(
    async () => form.password !== undefined && refuseAll(await refusalOf(ctx, found, form.password, form)),
    () => terms.refuseUnaccepted(termsOf(found), form.terms ?? ''),
  );

const refusalOf = (
  ctx: Ctx,
  { site, invitation: { email } }: Found,
  password: string,
  { name, company }: { name?: string; company?: string },
) => passwords.refusalOf(ctx, site.policy, password, { site, person: { email, name, company } });

/** Of guests only. */
const termsOf = ({ invitation: i, site }: Found) => (i.kind === 'guest' ? terms.ofGuests(site) : null);

/** A copied link also needs a code mailed to the invited address. @returns where to go; null if the link has changed */
export async function signUp(
  ctx: Ctx,
  token: string,
  form: { name: string; company?: string; password: string; terms?: string; formKey?: string },
): Promise<string | null> {
  const found = await findByToken(ctx, token);
  const state = stateFrom(ctx, found);
  const { invitation: i, site } = found;
  if (state.state === 'used' || state.state === 'member') return secondPost(ctx, found, form);
  if (state.state !== 'open') return null;
  await judged(ctx, found, form);
  const accepted = termsOf(found)?.value ?? null;
  // The code goes to somebody who may not have asked for it: counted first, before the costly hash.
  const room = state.linkKind === 'copy' ? await verification.reserveMail(ctx, 'signup', i.email) : null;
  const passwordHash = await passwords.hash(form.password);
  // A user's company is this one.
  const company = i.kind === 'guest' ? (form.company ?? '') : '';
  if (room) {
    await verification.begin(
      ctx,
      room,
      {
        purpose: 'signup',
        invitationId: i.id,
        invitationVersion: i.version,
        name: form.name,
        company,
        passwordHash,
        // The confirmation mail after the code may contain it.
        sealedPassword: site.policy.mailPassword
          ? await seal(ctx.config.secret, 'sign-up', form.password)
          : null,
        terms: accepted,
        to: i.emailOriginal,
        locale: language.ofInvited(ctx, i),
        next: destinationOf(i.spaceId),
        siteName: site.siteName,
        codeMinutes: site.codeMinutes,
      },
      {
        // As `unchanged` of an account: nobody is mailed a code for an invitation that has ended.
        first: [
          must(
            ctx,
            sql`exists (select 1 from invitation where id = ${i.id} and version = ${i.version} and status = 'invited')`,
          ),
        ],
        refusal: new Refusal('conflict', { key: 'invitation.changed' }),
      },
    );
    return '/verify';
  }
  const done = await createAccount(
    ctx,
    found,
    { name: form.name, company, passwordHash, password: form.password, terms: accepted },
    { linkKind: 'mail', refusal: () => null },
  );
  return done ? destinationOf(i.spaceId) : secondPost(ctx, await findByToken(ctx, token), form);
}

/** In the batch that accepts the invitation. @returns whether it was created */
async function createAccount(
  ctx: Ctx,
  found: Pick<Found, 'invitation' | 'spaceName' | 'site'>,
  form: {
    name: string;
    company: string;
    passwordHash: string;
    password: string | null;
    terms: string | null;
  },
  how: { linkKind: LinkKind; first?: Statement[]; refusal: CommitOptions['refusal'] },
): Promise<boolean> {
  const { invitation: i, site } = found;
  const person = {
    id: randomId(),
    kind: i.kind,
    email: i.email,
    emailOriginal: i.emailOriginal,
    name: form.name,
    company: form.company,
    folded: folded.person({ ...form, email: i.email }),
    passwordHash: form.passwordHash,
    credentialEpoch: 0,
    administrator: i.kind === 'user' && i.administrator,
    canCreateSpaces: i.kind === 'user' && i.canCreateSpaces,
    emailVerifiedAt: ctx.now,
    loginCount: 1,
    lastLoginAt: ctx.now,
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
      url: ctx.config.origin + destinationOf(i.spaceId),
      loginName: i.email,
      name: person.name,
      password: site.policy.mailPassword ? form.password : null,
    },
  });
  const setCookies = await sessions.begin(ctx, person);
  const { done } = await ctx.commit(
    [
      ...(how.first ?? []),
      ...accept(ctx, i, how.linkKind),
      ctx.db.insert(user).values(person),
      ...terms.acceptedWith(ctx, form.terms, person),
      linkAccount(ctx, i.id, person.id),
      outbox.adopt(ctx, person.id, i.emailOriginal),
      i.spaceId !== null && memberships.join(ctx, i.spaceId, person.id, i),
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
        joined: { ...person, inviterId: i.invitedBy },
        spaceId: i.spaceId,
        by: person,
      }),
    ],
    { refusal: how.refusal, duplicate: 'lost' },
  );
  if (done) setCookies();
  return done;
}

async function secondPost(
  ctx: Ctx,
  found: Found,
  form: { password: string; formKey?: string },
): Promise<string | null> {
  const { invitation: i, account } = found;
  if (i.status !== 'accepted' || !account || (i.acceptedAt ?? 0) < ctx.now - SECOND_POST) return null;
  // Only for an account made by this form: the link must not bypass an existing account's second step.
  if (found.linkKind !== 'mail' || i.acceptedBy !== account.id || account.createdAt !== i.acceptedAt)
    return null;
  if (account.status !== 'active') return null;
  if (ctx.actor?.id === account.id) return destinationOf(i.spaceId);
  await accounts.enterAgain(ctx, { ...form, email: account.email });
  return destinationOf(i.spaceId);
}

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
      company: challenge.company ?? '',
      passwordHash: challenge.passwordHash!,
      terms: challenge.terms,
      password:
        challenge.sealedPassword && (await unseal(ctx.config.secret, 'sign-up', challenge.sealedPassword)),
    },
    { linkKind: 'copy', first: passed.consume, refusal },
  );
  verification.endStep(ctx);
  return challenge.next;
}
