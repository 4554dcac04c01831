/** A retry after a lost answer: what was done already is done, says so, and is recorded once. */
import { expect, it } from 'vitest';
import { as } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, spaceForm } from '../../../tests/factories';
import { audited, refusal } from '../../../tests/helpers';
import { joinSpace } from '../../../tests/invitations';
import { randomId } from './crypto';
import * as memberships from './memberships';
import * as settings from './settings';
import * as site from './site';
import * as spaces from './spaces';
import * as templates from './space-templates';

async function house() {
  const [ava, ben, gil] = [await makeUser(), await makeUser(), await makeGuest()];
  const spaceId = await makeSpace(ava);
  await joinSpace(ava, spaceId, gil);
  return { ava, ben, gil, spaceId };
}

it('a member is added, changed and removed once', async () => {
  const { ava, ben, spaceId } = await house();
  for (let n = 0; n < 2; n++) await memberships.addMember(as(ava), spaceId, ben.id, false);
  for (let n = 0; n < 2; n++) await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
  for (let n = 0; n < 2; n++) await memberships.removeMember(as(ava), spaceId, ben.id);
  for (const kind of ['added', 'changed', 'removed'])
    expect(await audited(`space.member-${kind}`, `user:${ben.id}`), kind).toHaveLength(1);
});

it('adding a member in another role is no repetition, and refused', async () => {
  const { ava, ben, spaceId } = await house();
  await memberships.addMember(as(ava), spaceId, ben.id, false);
  await expect(memberships.addMember(as(ava), spaceId, ben.id, true)).rejects.toMatchObject(
    refusal('conflict', 'members.not-added'),
  );
});

it('a guest is removed once', async () => {
  const { ava, gil, spaceId } = await house();
  for (let n = 0; n < 2; n++) await memberships.removeGuest(as(ava), spaceId, gil.id);
  expect(await audited('space.guest-removed', `user:${gil.id}`)).toHaveLength(1);
});

it('the settings of a space are saved once, though the form is stale by then', async () => {
  const { ava, spaceId } = await house();
  const { updatedAt, links } = await spaces.settingsOf(as(ava), spaceId);
  const form = { ...spaceForm, announcement: 'Boots', links };
  for (let n = 1; n < 3; n++)
    await spaces.change(as(ava, { now: updatedAt + n }), spaceId, form, { updatedAt });
  expect(await audited('space.changed', `space:${spaceId}`)).toHaveLength(1);
});

it("the site's settings are saved once, though the form is stale by then", async () => {
  const ava = await makeAdministrator();
  const { revision, companyName } = await settings.read(as(ava));
  for (let n = 0; n < 2; n++)
    await site.changeSettings(as(ava), { companyName: `${companyName}, retried` }, revision);
  expect((await settings.read(as(ava))).revision).toBe(revision + 1);
});

it('a template is renamed once, though the form is stale by then', async () => {
  const [ava, ada] = [await makeUser(), await makeAdministrator()];
  const words = { name: randomId(), description: '' };
  const id = await templates.fromSpace(as(ava), await makeSpace(ava), words);
  const { updatedAt } = (await templates.manage(as(ada))).rows.find((row) => row.id === id)!;
  const now = { name: randomId(), description: 'New' };
  for (let n = 0; n < 2; n++) await templates.change(as(ada), id, now, updatedAt);
  expect(await audited('template.changed', now.name)).toHaveLength(1);
});
