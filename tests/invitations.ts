/** Invitations for tests: inviting, the link in the mail, signing up. */
import { and, desc, eq } from 'drizzle-orm';
import * as invitations from '../src/lib/server/invitations';
import * as rateLimit from '../src/lib/server/rate-limit';
import { invitation } from '../src/lib/server/schema';
import { type User, type TestCtx, type Surroundings, testContext, as, visit } from './contexts';
import { PASSWORD, someEmail, makeUser, makeSpace } from './factories';
import { mailsTo, linkIn } from './mailbox';

export const inviteForm = {
  subject: 'Join us in Harbour Bridge',
  message: 'Hello,\n\nplease join us.',
  locale: 'en' as const,
};

/** Invites and delivers the mails. */
export async function invite(
  inviter: User,
  spaceId: number,
  addresses: string,
  from: Surroundings = {},
): Promise<invitations.Outcome[]> {
  const ctx = as(inviter, from);
  const outcomes = await invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses });
  await ctx.settle();
  return outcomes;
}

/** The newest invitation of an address (into a space). */
export async function invitationOf(email: string, spaceId?: number) {
  const [row] = await testContext()
    .db.select()
    .from(invitation)
    .where(and(eq(invitation.email, email), spaceId ? eq(invitation.spaceId, spaceId) : undefined))
    .orderBy(desc(invitation.createdAt), desc(invitation.version))
    .limit(1);
  return row!;
}

/** An inviter with a space and one open invitation to a new address. */
export async function invited(from: Surroundings & { email?: string } = {}) {
  const inviter = await makeUser();
  const spaceId = await makeSpace(inviter);
  const email = from.email ?? someEmail('new');
  await invite(inviter, spaceId, email, from);
  const { id } = await invitationOf(email, spaceId);
  return { inviter, spaceId, email, id, token: linkIn((await mailsTo(email))[0]!) };
}

/** Posts the form behind a link. */
export async function signUp(
  token: string,
  from: Surroundings & { name?: string; company?: string; password?: string; terms?: string } = {},
): Promise<{ to: string | null; ctx: TestCtx }> {
  const ctx = from.jar ? await visit(from.jar, from) : testContext(from);
  const to = await invitations.signUp(ctx, token, {
    name: from.name ?? 'New Guest',
    company: from.company,
    terms: from.terms,
    password: from.password ?? PASSWORD,
  });
  await ctx.settle();
  return { to, ctx };
}

/** By invitation and "Join", and into more spaces than a day's limit allows. */
export async function joinSpace(inviter: User, spaceId: number, guest: User): Promise<void> {
  const counter = testContext();
  await counter.commit([rateLimit.reset(counter, rateLimit.key(counter, 'invite', `to:${guest.email}`))]);
  await invite(inviter, spaceId, guest.email);
  const { id, version } = await invitationOf(guest.email, spaceId);
  const ctx = as(guest);
  await invitations.join(ctx, invitations.mailToken(ctx, { id, version }));
}
