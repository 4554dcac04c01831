/**
 * Every text column of a space, with what guests who do not see each other read of it. New columns need a line here. Cut columns
 * get another guest's name below, and everything that a guest receives is searched for it.
 */
import { eq, getTableName } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/sqlite-core';
import { expect, it } from 'vitest';
import { randomId } from '../src/lib/server/crypto';
import * as invitations from '../src/lib/server/invitations';
import * as memberships from '../src/lib/server/memberships';
import * as completion from '../src/lib/server/mentions/completion';
import * as notifications from '../src/lib/server/notifications';
import { space, spaceTables } from '../src/lib/server/schema';
import * as search from '../src/lib/server/search';
import * as spaces from '../src/lib/server/spaces';
import * as threads from '../src/lib/server/threads';
import { as, testContext } from './contexts';
import { makeGuest, makeSpace, makeUser, spaceForm } from './factories';
import { joinSpace } from './invitations';
import { mailsTo } from './mailbox';

const words: Record<string, 'cut' | 'refused' | 'own' | 'not looked into' | 'never shown'> = {
  'space.announcement': 'cut',
  'space.links': 'cut',
  'space.name': 'refused',
  'thread.title': 'cut',
  'thread.body': 'cut',
  'comment.body': 'cut',
  'invitation.subject': 'cut',
  'invitation.message': 'cut',
  // Mentions in old versions are not stored, so a guest reads only those of their own texts.
  'revision.title': 'own',
  'revision.body': 'own',
  'space.guest_companies': 'own',
  'file.name': 'not looked into',
  'file.folded': 'never shown',
  'file.fingerprint': 'never shown',
  'file.parts': 'never shown',
  'invitation.email': 'never shown',
  'invitation.name': 'never shown',
  'invitation.decline_reason': 'never shown',
  'invitation.email_original': 'never shown',
  'invitation.formerly_for': 'never shown',
  'ended_access.address': 'never shown',
  'membership.address': 'never shown',
  'membership.company_key': 'never shown',
  'membership.name_key': 'never shown',
  'space.folded': 'never shown',
};
/** Columns that nobody types: ids, keys, fixed sets, names of shipped pictures. */
const NO_WORDS =
  /(?:^|_)(?:id|key|by|via|kind|status|audience|locale|type|category|cover|mentions)$|^(?:space|thread|comment)\.request_key$/;

it('every text column of a space is listed with what a guest reads of it', () => {
  const columns = spaceTables.flatMap((table) =>
    getTableConfig(table)
      .columns.filter(({ columnType, name }) => /^SQLiteText/.test(columnType) && !NO_WORDS.test(name))
      .map(({ name }) => `${getTableName(table)}.${name}`),
  );
  expect([...columns, 'membership.company_key', 'membership.name_key'].sort()).toEqual(
    Object.keys(words).sort(),
  );
});

it('what is cut reveals nothing of another guest, wherever it is read', async () => {
  const ava = await makeUser({ name: 'Ava Lind' });
  const hanako = await makeGuest({ name: 'Hanako Sato', email: 'hanako@xn--bcher-kva.example' });
  const kim = await makeGuest({ name: 'Kim Park', mailAbout: 'all' });
  const room = await makeSpace(ava, { name: 'Harbour' });
  await joinSpace(ava, room, hanako);
  await testContext().db.update(space).set({ guestsHidden: true }).where(eq(space.id, room));
  const ctx = as(ava);
  const named = (field: string) =>
    `${field} of @Hanako Satos, @hanako@bücher.example, @Dr. [Hanako](/x_(y)) Sato and https://x.example/@Hanako%20Sato`;
  await invitations.inviteGuests(ctx, room, {
    addresses: kim.email,
    subject: named('subject').slice(0, 100),
    message: named('message'),
    locale: 'en',
  });
  await ctx.settle();
  await joinSpace(ava, room, kim);
  await spaces.change(ctx, room, {
    ...spaceForm,
    name: 'Harbour',
    guestsHidden: true,
    announcement: named('announcement'),
    links: [
      { title: named('link'), url: 'https://x.example/' },
      { title: 'address', url: 'https://x.example/@hanako@b%C3%BCcher.example' },
    ],
  });
  const text = (field: string) => ({ body: named(field), requestKey: randomId() });
  const topic = await threads.begin(ctx, room, { title: named('title'), everybody: true, ...text('thread') });
  const said = await threads.addComment(ctx, room, topic, text('comment'));
  await threads.edit(ctx, room, topic, said, { body: `${named('edited')}!`, editedAt: 0 });
  await ctx.settle();
  const me = as(kim);
  const read = JSON.stringify([
    await spaces.overview(me, room),
    await spaces.portal(me),
    await spaces.people(me, room),
    await threads.read(me, room, topic),
    await threads.source(me, room, topic, null),
    await threads.source(me, room, topic, said),
    await threads.history(me, room, topic, null),
    await threads.history(me, room, topic, said),
    (await search.inSpace(me, room, 'edited')).hits,
    (await search.inSpace(me, room, 'hanako')).hits,
    await notifications.list(me, { show: 'all' }),
    await memberships.ofActor(me),
    await completion.complete(me, room, 'hana'),
    await mailsTo(kim.email),
  ]);
  for (const field of ['announcement', 'link', 'title', 'thread', 'edited', 'subject', 'message'])
    expect(read, field).toContain(`${field} of @…`);
  const left = [...read.matchAll(/hanako|sato|cher\.example|xn--bcher/gi)];
  expect(left.map(({ index }) => read.slice(Math.max(0, index - 80), index + 40))).toEqual([]);
});
