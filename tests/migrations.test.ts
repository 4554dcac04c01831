// Migrations keep what people wrote: databases of older versions, with rows, are migrated.
import { expect, it } from 'vitest';
import { bindings } from './contexts';
import { empty, migrate } from './storage';

const { DB } = bindings;

const insert = (table: string, row: Record<string, string | number | null>) =>
  DB.prepare(
    `insert into "${table}" (${Object.keys(row).join(', ')}) values (${Object.keys(row)
      .map(() => '?')
      .join(', ')})`,
  ).bind(...Object.values(row));
const rows = async (table: string) => (await DB.prepare(`select * from "${table}"`).all()).results;

/** Starts with the migrations before this one, writes rows, and applies the rest. */
async function migrated(before: string, write: D1PreparedStatement[]): Promise<void> {
  await empty();
  await migrate(before);
  await DB.batch(write);
  await migrate();
}

it('0014: renamed columns keep their values', async () => {
  const person = { email_original: 'x', name: 'X', password_hash: 'x', created_at: 1, updated_at: 1 };
  await migrated('0014', [
    insert('user', { ...person, id: 'ava', kind: 'user', email: 'ava', zone_seen: 'Asia/Tokyo' }),
    insert('user', { ...person, id: 'gil', kind: 'guest', email: 'gil', mailbox_proved_at: 11 }),
    insert('space', {
      ...{ id: 7, name: 'Quay', cover: 'harbour', request_key: 'k', users: 2, guests: 1 },
      ...{ created_by: 'ava', created_at: 1, updated_at: 1, appointed_id: 'ava', appointed_by: 'ava' },
    }),
    insert('invitation', {
      ...{ id: 'i', kind: 'guest', space_id: 7, email: 'gil', email_original: 'gil', status: 'accepted' },
      ...{
        subject: '',
        message: '',
        locale: 'en',
        invited_by: 'ava',
        created_at: 1,
        sent_at: 1,
        expires_at: 2,
      },
      ...{ accepted_via: 'copy' },
    }),
    insert('thread', {
      ...{ id: 3, space_id: 7, title: 'Piles', body: 'x', author_id: 'ava', request_key: 't', created_at: 1 },
      ...{ last_activity_at: 5, comment_count: 2, company_comment_count: 1, company_activity_at: 4 },
    }),
    insert('revision', { id: 9, thread_id: 3, body: 'before', at: 3 }),
    insert('file', {
      ...{
        id: 'f',
        kind: 'attachment',
        space_id: 7,
        thread_id: 3,
        name: 'a.txt',
        type: 'text/plain',
        size: 3,
      },
      ...{ key: 'key', uploader_id: 'gil', created_at: 1, attached_at: 2, gone_at: 6 },
    }),
    ...['mention', 'comment'].map((kind) =>
      insert('notification', {
        ...{ user_id: 'gil', space_id: 7, thread_id: 3, kind, to_me: Number(kind === 'mention') },
        ...{ actor_id: 'ava', created_at: 5 },
      }),
    ),
  ]);
  expect(await rows('user')).toMatchObject([
    { id: 'ava', browser_time_zone: 'Asia/Tokyo', email_verified_at: null },
    { id: 'gil', browser_time_zone: null, email_verified_at: 11 },
  ]);
  expect(await rows('space')).toMatchObject([
    { id: 7, user_count: 2, guest_count: 1, appointed_administrator_id: 'ava' },
  ]);
  expect(await rows('invitation')).toMatchObject([{ id: 'i', accepted_link_kind: 'copy' }]);
  expect(await rows('thread')).toMatchObject([{ id: 3, staff_comment_count: 1, staff_activity_at: 4 }]);
  expect(await rows('revision')).toMatchObject([{ id: 9, body: 'before', replaced_at: 3 }]);
  expect(await rows('file')).toMatchObject([{ id: 'f', thread_id: 3, released_at: 6 }]);
  expect(await rows('notification')).toMatchObject([{ kind: 'mention' }, { kind: 'comment' }]);
});

it('0015: everything in a thread gets the space of its thread', async () => {
  const space = { cover: 'harbour', created_by: 'ava', created_at: 1, updated_at: 1 };
  const thread = { title: 'T', body: 'x', author_id: 'ava', last_activity_at: 1, created_at: 1 };
  await migrated('0015', [
    insert('user', {
      ...{ id: 'ava', kind: 'user', email: 'ava', email_original: 'ava', name: 'Ava', password_hash: 'x' },
      ...{ created_at: 1, updated_at: 1 },
    }),
    ...[7, 8].flatMap((id) => [
      insert('space', { ...space, id, name: `Quay ${id}`, request_key: `k${id}` }),
      insert('thread', { ...thread, id: id * 10, space_id: id, request_key: `t${id}` }),
      insert('comment', {
        ...{ id: id * 100, thread_id: id * 10, author_id: 'ava', body: `said in ${id}`, created_at: 1 },
        request_key: `c${id}`,
      }),
      insert('revision', { thread_id: id * 10, comment_id: id * 100, body: 'before', replaced_at: 1 }),
      insert('reaction', { thread_id: id * 10, user_id: 'ava', kind: 'yes', at: 1 }),
      insert('thread_person', { thread_id: id * 10, user_id: 'ava', following: 1, read_at: id }),
    ]),
  ]);
  for (const table of ['comment', 'revision', 'reaction', 'thread_person'])
    expect(await rows(table), table).toMatchObject([
      { space_id: 7, thread_id: 70 },
      { space_id: 8, thread_id: 80 },
    ]);
  expect(await rows('comment')).toMatchObject([{ body: 'said in 7' }, { body: 'said in 8' }]);
  expect(await rows('thread_person')).toMatchObject([{ read_at: 7 }, { read_at: 8 }]);
});

it('0037: what was read was seen, but nobody notices a comment only for the company', async () => {
  const person = { email_original: 'x', name: 'X', password_hash: 'x', created_at: 1, updated_at: 1 };
  const space = { name: 'Quay', cover: 'harbour', created_by: 'ava', created_at: 1, updated_at: 1 };
  const thread = { space_id: 7, title: 'T', body: 'x', author_id: 'ava', last_activity_at: 1, created_at: 1 };
  const comment = { space_id: 7, thread_id: 70, body: 'x' };
  const mark = { space_id: 7, thread_id: 70 };
  await migrated('0037', [
    ...['ava', 'ben', 'cho'].map((id) => insert('user', { ...person, id, kind: 'user', email: id })),
    insert('user', { ...person, id: 'gil', kind: 'guest', email: 'gil' }),
    insert('space', { ...space, id: 7, request_key: 'k' }),
    insert('thread', { ...thread, id: 70, request_key: 't' }),
    insert('comment', {
      ...{ ...comment, id: 1, author_id: 'ben', audience: 'company', created_at: 20, request_key: 'a' },
    }),
    insert('comment', { ...comment, id: 2, author_id: 'ava', created_at: 30, request_key: 'b' }),
    insert('thread_person', { ...mark, user_id: 'ava', read_at: 30 }),
    insert('thread_person', { ...mark, user_id: 'ben', read_at: 20 }),
    insert('thread_person', { ...mark, user_id: 'cho', following: 1 }),
    insert('thread_person', { ...mark, user_id: 'gil', read_at: 40 }),
  ]);
  expect(await rows('thread_person')).toMatchObject([
    { user_id: 'ava', seen_at: 30, guest: 0 },
    { user_id: 'ben', seen_at: null, guest: 0 },
    { user_id: 'cho', seen_at: null, guest: 0 },
    { user_id: 'gil', seen_at: 40, guest: 1 },
  ]);
});

it('0022: whoever never chose what is mailed gets the new default; every choice stays', async () => {
  const row = {
    kind: 'guest',
    email_original: 'x',
    name: 'X',
    password_hash: 'x',
    created_at: 1,
    updated_at: 1,
  };
  const person = (id: string, notify: string, digest = 0) =>
    insert('user', { ...row, id, email: id, notify, digest });
  const chose = (id: string, detail: object) =>
    insert('audit_entry', {
      ...{ at: 1, action: 'account.changed', actor_id: id, actor_name: 'X', subject: `user:${id}`, ip: '' },
      detail: JSON.stringify(detail),
    });
  await migrated('0022', [
    person('a-never-chose', 'mentions'),
    person('b-changed-the-name', 'mentions'),
    chose('b-changed-the-name', { name: 'Y' }),
    person('c-chose-mentions', 'mentions'),
    chose('c-chose-mentions', { notify: 'mentions', digest: false }),
    person('d-daily-mentions', 'mentions', 1),
    person('e-all', 'all'),
    person('f-stopped', 'never'),
  ]);
  expect((await rows('user')).map((user) => user.mail_about)).toEqual([
    ...['all', 'all', 'mentions', 'mentions', 'all', 'nothing'],
  ]);
});

it('0024: the companies of a space’s guests get their numbers', async () => {
  const row = { email_original: 'x', name: 'X', password_hash: 'x', created_at: 1, updated_at: 1 };
  const person = (id: string, kind: string, company: string, status = 'active') => [
    insert('user', { ...row, id, email: id, kind, company, status }),
    insert('membership', {
      ...{ space_id: 7, user_id: id, joined_at: 1, last_read_at: 1, rank: kind === 'guest' ? 2 : 1 },
    }),
  ];
  const [ava, ...guests] = [
    ...person('ava', 'user', ''),
    ...person('gil', 'guest', 'Northwind'),
    ...person('mia', 'guest', 'Southwind'),
    ...person('lou', 'guest', 'Southwind'),
    ...person('max', 'guest', ''),
    ...person('ida', 'guest', 'Eastwind', 'suspended'),
  ];
  const space = { id: 7, name: 'Quay', cover: 'harbour', request_key: 'k', created_by: 'ava' };
  await migrated('0024', [
    ava!,
    insert('space', { ...space, created_at: 1, updated_at: 1, guest_companies: '["Northwind","Southwind"]' }),
    ...guests,
  ]);
  const [{ guest_companies }] = (await rows('space')) as [{ guest_companies: string }];
  expect(JSON.parse(guest_companies)).toEqual([
    { name: 'Southwind', count: 2 },
    { name: 'Northwind', count: 1 },
  ]);
});

it('0026: a change belongs to the guest who made it, unless the text was another guest’s', async () => {
  const change = { space_id: 7, kind: 'comment', actor_id: 'gil', at: 1 };
  await migrated('0026', [
    insert('user', {
      ...{ id: 'ava', kind: 'user', email: 'ava', email_original: 'ava', name: 'Ava', password_hash: 'x' },
      ...{ created_at: 1, updated_at: 1 },
    }),
    insert('space', {
      ...{ id: 7, name: 'Quay', cover: 'harbour', request_key: 'k', created_by: 'ava' },
      ...{ created_at: 1, updated_at: 1 },
    }),
    ...[null, 'gil', 'mia', '-'].flatMap((owner_id) => [
      insert('space_event', { ...change, owner_id, by_guest: 1 }),
      insert('space_event', { ...change, owner_id, by_guest: 0, actor_id: 'ava' }),
    ]),
  ]);
  const owners = (await rows('space_event')).map((event) => event.owner_id);
  expect(owners).toEqual(['gil', null, 'gil', 'gil', '-', 'mia', '-', '-']);
});

/** Ava's space 7 with thread 3 and comment 4 in it. */
const written = [
  insert('user', {
    ...{ id: 'ava', kind: 'user', email: 'ava', email_original: 'ava', name: 'Ava', password_hash: 'x' },
    ...{ created_at: 1, updated_at: 1 },
  }),
  insert('space', {
    ...{ id: 7, name: 'Quay', cover: 'harbour', request_key: 'k', created_by: 'ava' },
    ...{ created_at: 1, updated_at: 1 },
  }),
  insert('thread', {
    ...{ id: 3, space_id: 7, title: 'Piles', body: 'x', author_id: 'ava', request_key: 't', created_at: 1 },
    ...{ last_activity_at: 5, comment_count: 1, staff_comment_count: 1, staff_activity_at: 5 },
  }),
  insert('comment', {
    ...{ id: 4, space_id: 7, thread_id: 3, author_id: 'ava', body: 'said', request_key: 'c', created_at: 5 },
  }),
];

it('0028: what was written before is for everyone, and guests see as many comments as users', async () => {
  await migrated('0028', [
    ...written,
    insert('space_event', { space_id: 7, kind: 'comment', actor_id: 'ava', at: 5 }),
  ]);
  for (const table of ['thread', 'comment', 'space_event'])
    expect(await rows(table), table).toMatchObject([{ space_id: 7, audience: null }]);
  expect(await rows('thread')).toMatchObject([
    {
      comment_count: 1,
      last_activity_at: 5,
      public_comment_count: 1,
      public_activity_at: 5,
      opened_at: null,
    },
  ]);
  expect(await rows('comment')).toMatchObject([{ body: 'said', opened_at: null }]);
});

it('0029: notifications stay as they are, and somebody may join a space or the site', async () => {
  const row = { user_id: 'ava', space_id: 7, thread_id: 3, actor_id: 'ava', created_at: 5 };
  const before = [
    { ...row, id: 11, comment_id: null, kind: 'thread', read_at: 6, later: 0, mail_at: null },
    { ...row, id: 12, comment_id: 4, kind: 'mention', read_at: null, later: 1, mail_at: 9 },
  ];
  await migrated('0029', [...written, ...before.map((one) => insert('notification', one))]);
  expect(await rows('notification')).toMatchObject(before);
  const joined = { user_id: 'ava', kind: 'join', actor_id: 'ava', created_at: 8 };
  await DB.batch([insert('notification', { ...joined, space_id: 7 }), insert('notification', joined)]);
  expect(await rows('notification')).toMatchObject([
    {},
    {},
    { id: 13, space_id: 7, thread_id: null },
    { id: 14, space_id: null, thread_id: null },
  ]);
  await DB.prepare('delete from comment where id = 4').run();
  expect((await rows('notification')).map(({ id }) => id)).toEqual([11, 13, 14]);
});
