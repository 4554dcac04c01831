import * as v from 'valibot';
import { expect, it } from 'vitest';
import { as, visit, type User } from '../../../../tests/contexts';
import { account, makeAdministrator, site } from '../../../../tests/factories';
import { invited, signUp } from '../../../../tests/invitations';
import { verify } from '../../../../tests/logins';
import { codeTo, linkIn, mailsTo } from '../../../../tests/mailbox';
import { ownCompany, signUp as form } from '../../schemas';
import * as invitations from '../invitations';
import * as spaces from '../spaces';
import { setCompany } from './index';

const companiesIn = async (who: User, spaceId: number) =>
  (await spaces.overview(as(who), spaceId)).guestCompanies;

it('a guest signs up with a company, by a mailed link and by a copied one, and is counted with it', async () => {
  const story = await invited();
  await signUp(story.token, { company: 'Northwind' });
  expect(await account(story.email)).toMatchObject({
    company: 'Northwind',
    folded: expect.stringContaining('northwind'),
  });
  expect(await companiesIn(story.inviter, story.spaceId)).toEqual([{ name: 'Northwind', count: 1 }]);

  const other = await invited();
  const copy = await invitations.copyLink(as(other.inviter), other.spaceId, other.id);
  const { ctx } = await signUp(copy.split('/').pop()!, { company: 'Southwind' });
  await verify(ctx.jar, await codeTo(other.email));
  expect(await companiesIn(other.inviter, other.spaceId)).toEqual([{ name: 'Southwind', count: 1 }]);
});

it('who left it empty is asked for it at the first sight of the space, and not again', async () => {
  const { token, email, spaceId, inviter } = await invited();
  const { ctx } = await signUp(token);
  const guest = await visit(ctx.jar);
  expect((await spaces.overview(guest, spaceId)).firstSight).toMatchObject({ own: '' });
  await setCompany(guest, 'Northwind');
  expect((await spaces.overview(guest, spaceId)).firstSight).toMatchObject({ own: 'Northwind' });
  expect(await account(email)).toMatchObject({ name: 'New Guest', company: 'Northwind' });
  expect(await companiesIn(inviter, spaceId)).toEqual([{ name: 'Northwind', count: 1 }]);
});

it('is cleaned like a name, and what shows nothing is none', () => {
  const typed = (company: string | undefined) =>
    v.parse(form, { name: 'Mia', password: 'x', company, formKey: '' }).company;
  expect(typed('  North\u202e  wind ')).toBe('North wind');
  expect(typed('\u200b')).toBe('');
  expect(typed(undefined)).toBe('');
  expect(v.safeParse(ownCompany, { company: ' \u200b ' }).issues?.[0]?.message).toBe('form.company-missing');
  expect(v.safeParse(ownCompany, { company: 'x'.repeat(101) }).success).toBe(false);
});

it('a user has none: theirs is the site’s', async () => {
  await site({ setUp: true });
  const email = 'colleague@foyer.example';
  const ctx = as(await makeAdministrator());
  await invitations.inviteUser(ctx, { email, administrator: false, canCreateSpaces: false, locale: 'en' });
  await ctx.settle();
  await signUp(
    linkIn((await mailsTo(email))[0]!)
      .split('/')
      .pop()!,
    { company: 'Northwind' },
  );
  expect(await account(email)).toMatchObject({ kind: 'user', company: '' });
});
