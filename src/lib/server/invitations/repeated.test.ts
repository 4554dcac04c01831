/** A retry after a lost answer: the post had arrived, and is sent again as it was. */
import { describe, expect, it } from 'vitest';
import { as, type User } from '../../../../tests/contexts';
import { makeSpace, makeUser, someEmail } from '../../../../tests/factories';
import { invitationOf, inviteForm } from '../../../../tests/invitations';
import { mailsTo } from '../../../../tests/mailbox';
import * as invitations from '.';
import { randomId } from '../crypto';

async function house() {
  const ava = await makeUser({ administrator: true });
  return { ava, spaceId: await makeSpace(ava), email: someEmail('twice') };
}

async function settled<T>(who: User, act: (ctx: ReturnType<typeof as>) => Promise<T>): Promise<T> {
  const ctx = as(who);
  const result = await act(ctx);
  await ctx.settle();
  return result;
}

describe('a repeated invitation form', () => {
  it('mails nobody twice, and answers as the first time', async () => {
    const { ava, spaceId, email } = await house();
    const form = { ...inviteForm, addresses: email, requestKey: randomId() };
    const send = () => settled(ava, (ctx) => invitations.inviteGuests(ctx, spaceId, form));
    const first = await send();
    expect(await send()).toEqual(first);
    expect(await mailsTo(email)).toHaveLength(1);
    expect((await invitationOf(email, spaceId)).version).toBe(1);
  });

  it('mails only who was added meanwhile', async () => {
    const { ava, spaceId, email } = await house();
    const requestKey = randomId();
    const other = someEmail('other');
    for (const addresses of [email, `${email}, ${other}`])
      await settled(ava, (ctx) =>
        invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses, requestKey }),
      );
    expect(await mailsTo(email)).toHaveLength(1);
    expect(await mailsTo(other)).toHaveLength(1);
  });

  it('with other words, or by a new form, is sent again', async () => {
    const { ava, spaceId, email } = await house();
    const form = { ...inviteForm, addresses: email, requestKey: randomId() };
    for (const one of [form, { ...form, message: 'Other words' }, { ...form, requestKey: randomId() }])
      await settled(ava, (ctx) => invitations.inviteGuests(ctx, spaceId, one));
    expect(await mailsTo(email)).toHaveLength(3);
  });

  it('posted twice at the same time mails once', async () => {
    const { ava, spaceId, email } = await house();
    const form = { ...inviteForm, addresses: email, requestKey: randomId() };
    const send = () => settled(ava, (ctx) => invitations.inviteGuests(ctx, spaceId, form));
    await Promise.all([send(), send(), send()]);
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('to a user mails once', async () => {
    const { ava, email } = await house();
    const form = {
      email,
      administrator: false,
      canCreateSpaces: true,
      locale: 'en' as const,
      requestKey: randomId(),
    };
    for (let n = 0; n < 2; n++) await settled(ava, (ctx) => invitations.inviteUser(ctx, form));
    expect(await mailsTo(email)).toHaveLength(1);
  });
});

describe('a repeated "Resend"', () => {
  it('mails once more, and not twice', async () => {
    const { ava, spaceId, email } = await house();
    await settled(ava, (ctx) => invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses: email }));
    const { id } = await invitationOf(email, spaceId);
    const key = randomId();
    for (let n = 0; n < 3; n++) await settled(ava, (ctx) => invitations.resend(ctx, spaceId, id, key));
    expect(await mailsTo(email)).toHaveLength(2);
    await settled(ava, (ctx) => invitations.resend(ctx, spaceId, id, randomId()));
    expect(await mailsTo(email)).toHaveLength(3);
  });
});
