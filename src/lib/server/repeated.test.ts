/** A retry after a lost answer: what was done already is done, says so, and is recorded once. */
import { expect, it } from 'vitest';
import { as, testContext, visit } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeSpace, makeUser, spaceForm } from '../../../tests/factories';
import { audited, count, refusal } from '../../../tests/helpers';
import { invitationOf, invite, joinSpace } from '../../../tests/invitations';
import { login } from '../../../tests/logins';
import * as accounts from './accounts';
import * as administrators from './administrators';
import { randomId } from './crypto';
import * as invitations from './invitations';
import * as memberships from './memberships';
import * as notifications from './notifications';
import * as settings from './settings';
import * as site from './site';
import * as spaces from './spaces';
import * as templates from './space-templates';
import * as threads from './threads';
import * as trash from './trash';

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

const KEPT = 'k'.repeat(16);

/** Each verb that sets something. @returns what is done twice */
const states: Record<string, () => Promise<() => Promise<unknown>>> = {
  'a name, a company, a language and a zone': async () => {
    const me = as(await makeGuest());
    const form = { name: 'Mia', company: 'Northwind', locale: null, timeZone: null };
    return () => accounts.changeProfile(me, form);
  },
  'a company of one’s own': async () => {
    const me = as(await makeGuest());
    return () => accounts.setCompany(me, 'Southwind');
  },
  'the choice of mails': async () => {
    const me = as(await makeUser());
    return () => accounts.setNotifications(me, { mailAbout: 'nothing', digest: false });
  },
  unsubscribing: async () => {
    const me = await makeUser();
    const token = notifications.unsubscribeUrl(testContext(), me.id).split('/').pop()!;
    return () => accounts.unsubscribe(testContext(), token);
  },
  'all other sessions': async () => {
    const { email } = await makeUser();
    await login(email);
    const { jar } = await login(email);
    return async () => accounts.endSessions(await visit(jar), null);
  },
  'the permissions of a user': async () => {
    const [ada, ben] = [await makeAdministrator(), await makeUser()];
    return () => accounts.setPermissions(as(ada), ben.id, { administrator: true, canCreateSpaces: true });
  },
  'who may create spaces': async () => {
    const [ada, ben] = [await makeAdministrator(), await makeUser({ canCreateSpaces: true })];
    return () => accounts.setSpaceCreators(as(ada), [ben.id], []);
  },
  'an account, deactivated': async () => {
    const [ada, ben] = [await makeAdministrator(), await makeUser()];
    return () => accounts.setActive(as(ada), ben.id, false);
  },
  'an account, reactivated': async () => {
    const [ada, ben] = [await makeAdministrator(), await makeUser({ status: 'inactive' })];
    return () => accounts.setActive(as(ada), ben.id, true);
  },
  'the settings of the site, with the newest form': async () => {
    const ada = await makeAdministrator();
    const spaceStorage = Math.ceil(Math.random() * 1e9);
    return async () =>
      site.changeSettings(as(ada), { spaceStorage }, (await settings.read(as(ada))).revision);
  },
  'a template, hidden': async () => {
    const ada = as(await makeAdministrator());
    await templates.setHidden(ada, 'shipped:event', false);
    return () => templates.setHidden(ada, 'shipped:event', true);
  },
  'a template, shown': async () => {
    const ada = as(await makeAdministrator());
    await templates.setHidden(ada, 'shipped:recruiting', true);
    await templates.setHidden(ada, 'shipped:event', true);
    return () => templates.setHidden(ada, 'shipped:recruiting', false);
  },
  'a template, renamed with the newest form': async () => {
    const [ava, ada] = [await makeUser(), as(await makeAdministrator())];
    const id = await templates.fromSpace(as(ava), await makeSpace(ava), {
      name: randomId(),
      description: '',
    });
    const now = { name: randomId(), description: '' };
    return async () => {
      const { updatedAt } = (await templates.manage(ada)).rows.find((row) => row.id === id)!;
      await templates.change(ada, id, now, updatedAt);
    };
  },
  'a template, deleted': async () => {
    const [ava, ada] = [await makeUser(), as(await makeAdministrator())];
    const id = await templates.fromSpace(as(ava), await makeSpace(ava), {
      name: randomId(),
      description: '',
    });
    return () => templates.remove(ada, id);
  },
  'the settings of a space, with the newest form': async () => {
    const { ava, spaceId } = await house();
    return async () => {
      const { updatedAt, links } = await spaces.settingsOf(as(ava), spaceId);
      await spaces.change(as(ava), spaceId, { ...spaceForm, announcement: 'Boots', links }, { updatedAt });
    };
  },
  'a thread, pinned': async () => {
    const { ava, spaceId, threadId } = await withThread();
    return () => threads.setPinned(as(ava), spaceId, threadId, true);
  },
  'a thread, closed': async () => {
    const { ava, spaceId, threadId } = await withThread();
    return () => threads.setClosed(as(ava), spaceId, threadId, true);
  },
  'a thread, deleted': async () => {
    const { ava, spaceId, threadId } = await withThread();
    return () => threads.remove(as(ava), spaceId, threadId);
  },
  'an invitation, cancelled': async () => {
    const { ava, spaceId } = await house();
    const email = `${randomId()}@partner.example`;
    await invite(ava, spaceId, email);
    const { id } = await invitationOf(email, spaceId);
    return () => invitations.cancel(as(ava), spaceId, id);
  },
  'a space, restored': async () => {
    const { ava, spaceId } = await house();
    await trash.putSpace(as(ava), spaceId, spaceForm.name);
    const ada = as(await makeAdministrator());
    return () => trash.restore(ada, spaceId);
  },
  'an administrator, appointed': async () => {
    const { ava, ben, spaceId } = await house();
    await memberships.addMember(as(ava), spaceId, ben.id, false);
    const ada = as(await makeAdministrator());
    await accounts.setActive(ada, ava.id, false);
    return () => administrators.appoint(ada, spaceId, ben.id);
  },
  'a space, taken over': async () => {
    const { ava, spaceId } = await house();
    const ada = as(await makeAdministrator());
    await accounts.setActive(ada, ava.id, false);
    return () => administrators.become(ada, spaceId);
  },
};

async function withThread() {
  const it = await house();
  const form = { title: 'Piles', body: '', requestKey: KEPT };
  return { ...it, threadId: await threads.begin(as(it.ava), it.spaceId, form) };
}

it.each(Object.keys(states))('what is so already is not recorded again: %s', async (name) => {
  const act = await states[name]!();
  const before = await count('audit_entry');
  await act();
  const recorded = await count('audit_entry');
  expect(recorded).toBeGreaterThan(before);
  await act();
  expect(await count('audit_entry')).toBe(recorded);
});
