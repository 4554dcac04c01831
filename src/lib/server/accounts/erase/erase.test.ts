// Erasing a person: what goes, what stays, who may, and what happens at the same time.
import { getTableName, is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import {
  as,
  bindings,
  DAY,
  Jar,
  meanwhile,
  MINUTE,
  testContext,
  visit,
  type TestCtx,
  type User,
} from '../../../../../tests/contexts';
import {
  account,
  makeAdministrator,
  makeGuest,
  makeSpace,
  makeUser,
  PASSWORD,
  site,
  someEmail,
} from '../../../../../tests/factories';
import { audited, count, dump, parallel, refusal } from '../../../../../tests/helpers';
import { invite, invitationOf, joinSpace, signUp } from '../../../../../tests/invitations';
import { login, verify } from '../../../../../tests/logins';
import { codeTo, linkIn, mailsTo } from '../../../../../tests/mailbox';
import * as p from '../../../../../tests/pictures';
import * as auditLog from '../../audit-log';
import * as cron from '../../cron';
import { randomId } from '../../crypto';
import { record } from '../../events';
import * as files from '../../files';
import * as guests from '../../guests';
import * as invitations from '../../invitations';
import * as memberships from '../../memberships';
import * as schema from '../../schema';
import * as spaces from '../../spaces';
import * as threads from '../../threads';
import * as accounts from '..';

await site({ setUp: true, siteName: 'Foyer' });

const erase = (who: User, ctx = as(who)) =>
  accounts.eraseSelf(ctx, { current: PASSWORD, typed: who.email }).then((counts) => ({ ctx, counts }));
const run = async (now: number) => {
  const ctx = testContext({ now });
  await cron.run(ctx);
  await ctx.settle();
};
const say = (who: User, spaceId: number, body: string, title = 'Piles') =>
  threads.begin(as(who), spaceId, { title, body, requestKey: randomId(), everybody: false });
const rowOf = (id: string) =>
  bindings.DB.prepare('select * from user where id = ?').bind(id).first<Record<string, unknown>>();

/**
 * Every column. `gone`: about a person, and erased or deleted with them. `id`: of somebody; kept, it leads to an account without
 * anything in it. `written`: what people wrote, and how they called others in it (docs/erasure.md). `plain`: about nobody.
 */
const columns: Record<string, Partial<Record<'gone' | 'id' | 'written' | 'plain', string>>> = {
  login_challenge: {
    gone: 'id purpose user_id invitation_id invitation_version name company password_hash sealed_password terms code_key code_expires_at code_sent_at codes_sent tries mail_id next created_at expires_at consumed_at',
  },
  password_reset: {
    gone: 'token_hash user_id created_at expires_at used_at',
  },
  session: {
    gone: 'id_hash user_id created_at last_seen_at expires_at absolute_expires_at ip user_agent city country',
  },
  trusted_browser: {
    gone: 'id user_id created_at last_used_at expires_at user_agent country city',
  },
  handed_code: {
    gone: 'user_id code_key tries created_at expires_at',
  },
  // Keyed hashes of login names, for an hour or two.
  throttle: {
    gone: 'user_id',
    plain: 'key failures locks window_started_at locked_until updated_at',
  },
  mail: {
    gone: 'id kind to_email locale sealed status attempts unknowns lease_until next_attempt_at drop_after_at failure failure_detail space_id user_id invitation_id counted_on created_at sent_again_at delivered_at finished_at',
  },
  // Empty but on a developer's machine.
  mailbox_entry: {
    plain: 'id sealed sent_at',
  },
  acceptance: {
    gone: 'user_id version url at',
  },
  audit_entry: {
    gone: 'actor_name ip who_salt what_salt detail',
    id: 'actor_id subject tally',
    plain: 'id at action space_id count last_at who_digest what_digest',
  },
  audit_seal: {
    plain: 'after_id up_to count hash at form former_hash emptied_at',
  },
  erasure: {
    gone: 'sealed',
    id: 'user_id',
    plain: 'kind by at counts audit_at audit_id mailed_at done_at',
  },
  guest_run: {
    id: 'actor_id',
    plain: 'id action created_at total done already refused changed',
  },
  // For a month.
  guest_run_row: {
    id: 'subject_id',
    plain: 'run_id n kind outcome reason claimed_at claimed_by',
  },
  setting: {
    plain: 'key value',
  },
  site_count: {
    plain: 'name sums at place running began_at',
  },
  space_template: {
    id: 'created_by',
    written: 'name folded description content',
    plain: 'id created_at updated_at',
  },
  user: {
    gone: 'email email_original name company avatar folded password_hash credential_epoch administrator can_create_spaces email_verified_at login_count last_login_at locale time_zone browser_time_zone mail_about digest digest_at presence created_at',
    id: 'id',
    plain: 'kind status updated_at erased_at',
  },
  invitation: {
    gone: 'email email_original name request_key subject message accepted_by formerly_for asked_at dismissed_at declined_at decline_reason',
    id: 'invited_by sponsor_id',
    plain:
      'id kind space_id status version locale administrator can_create_spaces access_ends_at created_at sent_at expires_at accepted_at accepted_link_kind',
  },
  membership: {
    gone: 'space_id user_id administrator joined_at last_read_at greeted_at muted rank name_key company_key address ends_at ends_told renewal_asked_at renewal_declined_at',
    id: 'invited_by sponsor_id',
  },
  ended_access: {
    gone: 'space_id user_id ended_at renewal_asked_at renewal_declined_at joined_at last_read_at greeted_at muted address',
    id: 'invited_by sponsor_id',
  },
  space: {
    gone: 'guest_companies',
    id: 'created_by deleted_by archived_by appointed_administrator_id appointed_by',
    written: 'name folded announcement links mentions',
    plain:
      'id cover several_threads block_joining block_following guests_hidden show_announcement show_threads show_people show_links user_count guest_count inactive_guest_count more_companies request_key created_at updated_at deleted_at archived_at appointed_at',
  },
  space_event: {
    id: 'actor_id owner_id',
    plain: 'seq space_id kind thread_id comment_id audience at',
  },
  comment: {
    id: 'author_id',
    written: 'body mentions',
    plain: 'id space_id thread_id audience opened_at edited_at request_key created_at',
  },
  file: {
    id: 'uploader_id owner_id',
    written: 'name folded fingerprint',
    plain:
      'id kind space_id template_id thread_id comment_id type category size key thumb_key thumb_size created_at attached_at upload_id parts audience version public_version original_id first_at replaced_at request_key released_at',
  },
  notification: {
    gone: 'user_id',
    id: 'actor_id',
    plain: 'id invitation_id space_id thread_id comment_id kind created_at read_at later mail_at',
  },
  webhook_key: { plain: 'fetched_at id key' },
  address_change: {
    gone: 'id user_id email email_original token_hash mail_id request_key by_administrator sent_at expires_at used_at',
  },
  reaction: {
    gone: 'space_id thread_id comment_id user_id kind at',
  },
  revision: {
    written: 'title body',
    plain: 'id space_id thread_id comment_id replaced_at',
  },
  thread: {
    id: 'author_id',
    written: 'title body mentions',
    plain:
      'id space_id audience opened_at comment_count last_activity_at public_comment_count public_activity_at staff_comment_count staff_activity_at pinned_at closed_at edited_at request_key created_at',
  },
  thread_person: {
    gone: 'space_id thread_id user_id following read_at seen_at guest',
  },
};

const all = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [value as SQLiteTable] : []));

it('every column of every table is listed: about a person, written by one, or neither', () => {
  for (const table of all) {
    const { name, columns: own } = getTableConfig(table);
    const said = Object.values(columns[name] ?? {}).flatMap((names) => names.split(' '));
    expect(said.sort(), name).toEqual(own.map((column) => column.name).sort());
  }
  expect(Object.keys(columns).sort()).toEqual(all.map((table) => getTableName(table)).sort());
});

describe('whoever is erased', () => {
  it('is in no row any more but for what was written, in no file and in no line of the audit', async () => {
    const [ava, boss] = [await makeUser({ name: 'Ava' }), await makeAdministrator()];
    const email = 'wunderlich7@zebra.example';
    const gil = await makeGuest({
      email,
      emailOriginal: 'Wunderlich7@zebra.example',
      name: 'Wunderlich',
      company: 'Zebrawerk',
    });
    const spaceId = await makeSpace(ava);
    await joinSpace(ava, spaceId, gil);
    const other = await makeSpace(ava);
    await invite(ava, other, email);
    const { jar } = await login(email);
    const ctx = await visit(jar);
    await accounts.changeProfile(as(gil, { ip: '203.0.113.99' }), {
      ...{ name: 'Wunderlich', company: 'Zebrawerk', locale: 'ja', timeZone: 'Asia/Tokyo' },
    });
    await accounts.setAvatar(as(gil), [new File([p.jpeg as Uint8Array<ArrayBuffer>], 'zebra.jpg')], []);
    await files.upload(as(gil), spaceId, {
      kind: 'attachment',
      name: 'zebra.txt',
      body: new Uint8Array(3),
      size: 3,
    });
    const own = await say(gil, spaceId, 'Look at this');
    const named = await say(ava, spaceId, '@Wunderlich what do you think?');
    await threads.react(as(gil), spaceId, named, null, 'yes', true);
    await threads.markRead(as(gil), spaceId, named, Date.now());
    await run(Date.now());
    const forgot = testContext();
    accounts.askReset(forgot, email);
    await forgot.settle();
    expect(ctx.actor?.id).toBe(gil.id);

    const admin = as(boss);
    const counts = await accounts.eraseGuest(admin, gil.id);
    await admin.settle();
    expect(counts).toMatchObject({ sessions: 1, memberships: 1, pictures: 1, uploads: 1, reactions: 1 });
    expect((await visit(jar)).actor).toBeNull();
    for (let minute = 1; minute < 4; minute++) await run(Date.now() + minute * MINUTE);

    // The local mailbox stands for the person's own.
    const { mailbox_entry: _, ...tables } = await dump();
    for (const [name, rows] of Object.entries(tables)) {
      const written = columns[name]?.written?.split(' ') ?? [];
      for (const row of rows as Record<string, unknown>[])
        for (const [column, value] of Object.entries(row))
          if (!written.includes(column))
            expect(String(value), `${name}.${column}`).not.toMatch(/wunderlich|zebra|203\.0\.113\.99/i);
    }
    expect((await bindings.FILES.list()).objects).toEqual([]);
    for (const { name } of (await bindings.KV.list()).keys)
      expect(`${name} ${await bindings.KV.get(name)}`).not.toMatch(/wunderlich|zebra/i);
    expect(await rowOf(gil.id)).toMatchObject({
      kind: 'guest',
      status: 'erased',
      name: '',
      company: '',
      created_at: 0,
    });

    const read = await threads.read(as(ava), spaceId, own);
    expect(JSON.stringify(read)).toContain('Look at this');
    expect(JSON.stringify(read)).not.toContain('Wunderlich');
    const log = await auditLog.list(as(boss), {
      person: '',
      space: '',
      group: 'accounts',
      from: null,
      to: null,
    });
    expect(log.rows[0]).toMatchObject({ what: { params: { subject: 'Former guest' } } });
    expect(await audited('account.erased')).toMatchObject([{ actor_id: boss.id, subject: `user:${gil.id}` }]);
    await auditLog.seal(testContext({ now: Date.now() + DAY }));
    expect((await auditLog.verify(as(boss), 0)).broken).toBeNull();

    const last = (await mailsTo('Wunderlich7@zebra.example'))[0]!;
    expect(last.subject).toContain('削除');
    expect(await count('erasure', 'done_at is not null and sealed is null and user_id = ?', gil.id)).toBe(1);
  });

  it('is found in no list, and can’t be reactivated, log in or be found by their address', async () => {
    const boss = await makeAdministrator();
    const gil = await makeGuest();
    await accounts.eraseGuest(as(boss), gil.id);
    const { rows } = await guests.list(as(boss), guests.filterOf(new URLSearchParams()));
    expect(rows.map(({ id }) => id)).not.toContain(gil.id);
    await expect(accounts.setActive(as(boss), gil.id, true)).rejects.toMatchObject(refusal('missing'));
    for (const typed of [gil.email, `Erased:${gil.id}`, `erased:${gil.id}`])
      for (const password of [PASSWORD, ''])
        await expect(
          accounts.login(testContext(), { email: typed, password, next: '/' }),
        ).rejects.toMatchObject(refusal('invalid', 'login.wrong'));
  });

  /** What anything says that fits these words, but for the local mailbox, which stands for the person's own. */
  async function left(words: RegExp): Promise<string[]> {
    const { mailbox_entry: _, ...tables } = await dump();
    return Object.entries(tables).flatMap(([table, rows]) =>
      (rows as Record<string, unknown>[]).flatMap((row) =>
        Object.entries(row)
          .filter(([, value]) => words.test(String(value)))
          .map(([column, value]) => `${table}.${column}: ${String(value)}`),
      ),
    );
  }
  const finish = async () => {
    for (let minute = 1; minute < 5; minute++) await run(Date.now() + minute * MINUTE);
  };
  async function askAddress(who: User, to: string): Promise<() => Promise<void>> {
    const ctx = as(who);
    await accounts.askAddress(ctx, { email: to, ownPassword: PASSWORD, formKey: randomId() });
    await ctx.settle();
    const token = linkIn((await mailsTo(to)).find(({ text }) => /\/email\//.test(text))!);
    return async () => {
      const visitor = testContext();
      await accounts.confirmAddress(visitor, token);
      await visitor.settle();
    };
  }

  it('is found by every address they have had: invitations, their mails and the audit', async () => {
    const [ava, boss] = [await makeUser({ name: 'Ava' }), await makeAdministrator()];
    const [first, second, third] = [await makeSpace(ava), await makeSpace(ava), await makeSpace(ava)];
    const former = 'quagga1@partner.example';
    await invite(ava, first, former);
    await signUp(invitations.mailToken(testContext(), await invitationOf(former, first)), { name: 'Quagga' });
    await invite(ava, second, former);
    await invite(ava, third, former);
    const visitor = testContext();
    const declined = await invitationOf(former, third);
    await invitations.decline(visitor, invitations.mailToken(visitor, declined), 'Quagga says no');
    await visitor.settle();
    const gil = (await account(former))!;
    await (
      await askAddress(gil, 'quagga2@partner.example')
    )();
    const admin = as(boss);
    await accounts.eraseGuest(admin, gil.id);
    await admin.settle();
    await finish();
    expect(await left(/quagga/i)).toEqual([]);
    expect(await count('invitation', 'formerly_for is not null')).toBe(0);
    await auditLog.seal(testContext({ now: Date.now() + DAY }));
    expect((await auditLog.verify(as(boss), 0)).broken).toBeNull();
  });

  it('had a code mailed to sign up: that line goes, too', async () => {
    const [ava, boss] = [await makeUser(), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    const email = 'numbat@partner.example';
    await invite(ava, spaceId, email);
    const found = await invitationOf(email, spaceId);
    const jar = new Jar();
    const ctx = testContext({ jar });
    const copied = await invitations.copyLink(as(ava), spaceId, found.id);
    await invitations.signUp(ctx, copied.slice(copied.lastIndexOf('/') + 1), {
      name: 'Numbat',
      password: PASSWORD,
    });
    await ctx.settle();
    expect(await count('mail', "kind = 'code' and to_email = ?", email)).toBe(1);
    await verify(jar, await codeTo(email));
    await accounts.eraseGuest(as(boss), (await account(email))!.id);
    await finish();
    expect(await left(/numbat/i)).toEqual([]);
  });

  it('is not erased by an address that they have just changed', async () => {
    const [ava, boss] = [await makeUser(), await makeAdministrator()];
    const gil = await makeGuest({ email: 'tapir1@partner.example' });
    await joinSpace(ava, await makeSpace(ava), gil);
    await invite(ava, await makeSpace(ava), 'tapir2@partner.example');
    const confirm = await askAddress(gil, 'tapir2@partner.example');
    await expect(accounts.eraseGuest(meanwhile(as(boss), confirm), gil.id)).rejects.toMatchObject(
      refusal('conflict', 'guest-admin.account-changed'),
    );
    const ctx = as(boss);
    await accounts.eraseGuest(ctx, gil.id);
    await ctx.settle();
    await finish();
    expect(await left(/tapir/i)).toEqual([]);
    const receipts = async (to: string) =>
      (await mailsTo(to)).filter(({ subject }) => subject.includes('deleted')).length;
    expect(await receipts('tapir2@partner.example')).toBe(1);
    expect(await receipts('tapir1@partner.example')).toBe(0);
  });

  it('leaves nothing by what was under way: no mail, no change of address, no name and no IP address in the audit', async () => {
    const [ava, boss] = [await makeUser({ name: 'Ava' }), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    const gil = await makeGuest({ email: 'okapi@partner.example', name: 'Okapi' });
    await joinSpace(ava, spaceId, gil);
    const ip = '203.0.113.55';
    const { jar } = await login(gil.email);
    const before: TestCtx[] = [];
    for (let i = 0; i < 3; i++) before.push(await visit(new Jar(jar), { ip }));
    const erased = async () => {
      const admin = as(boss);
      await accounts.eraseGuest(admin, gil.id);
      await admin.settle();
      await finish();
    };
    const wrong = meanwhile(testContext({ ip }), erased);
    await expect(
      accounts.login(wrong, { email: gil.email, password: 'wrong', next: '/' }),
    ).rejects.toMatchObject(refusal('invalid', 'login.wrong'));
    expect(await count('erasure', 'done_at is not null and user_id = ?', gil.id)).toBe(1);
    const [first, second, third] = before as [TestCtx, TestCtx, TestCtx];
    const person = { id: gil.id, name: 'Okapi' };
    const entry = { subject: `user:${gil.id}`, by: person } as const;
    await accounts.signOut(first).catch(() => null);
    await second.commit([record(second, { kind: 'account.exported', ...entry })]).catch(() => null);
    await third
      .commit([record(third, { kind: 'account.sign-in-failed', ...entry, detail: { name: 'Okapi' } })], {
        always: true,
      })
      .catch(() => null);
    const system = testContext({ ip });
    await system.commit([
      record(system, { kind: 'account.signed-out', ...entry }),
      record(system, { kind: 'account.exported', ...entry }),
      system.db.insert(schema.addressChange).values({
        ...{ id: randomId(), userId: gil.id, tokenHash: 'x', email: 'okapi2', emailOriginal: 'okapi2' },
        ...{
          requestKey: 'okapi',
          mailId: randomId(),
          sentAt: 1,
          expiresAt: Date.now() + DAY,
          byAdministrator: false,
        },
      }),
      system.db.insert(schema.mail).values({
        ...{ id: randomId(), kind: 'reset', toEmail: gil.email, locale: 'en', sealed: 'x', status: 'queued' },
        ...{ nextAttemptAt: 1, userId: gil.id, createdAt: 1 },
      } as never),
      system.db.run(
        `insert into notification (user_id, space_id, kind, actor_id, created_at) values ('${gil.id}', ${spaceId}, 'thread', '${ava.id}', 1), ('${ava.id}', ${spaceId}, 'leave', '${gil.id}', 1)`,
      ),
    ]);
    for (const ctx of [wrong, ...before, system]) await ctx.settle();
    expect(await left(/okapi|203\.0\.113\.55/i)).toEqual([]);
    expect(await audited('account.signed-out', gil.id)).not.toEqual([]);
    for (const table of ['mail', 'address_change', 'notification'])
      expect(await count(table, 'user_id = ?', gil.id), table).toBe(0);
    expect(await count('notification', "actor_id = ? and kind = 'leave'", gil.id)).toBe(0);
    await auditLog.seal(testContext({ now: Date.now() + DAY }));
    expect((await auditLog.verify(as(boss), 0)).broken).toBeNull();
  });

  it('is a new person when they are invited again', async () => {
    const [ava, boss] = [await makeUser(), await makeAdministrator()];
    const gil = await makeGuest();
    const spaceId = await makeSpace(ava);
    await joinSpace(ava, spaceId, gil);
    await accounts.eraseGuest(as(boss), gil.id);
    await invite(ava, spaceId, gil.email);
    const again = await makeGuest({ email: someEmail() });
    expect(again.id).not.toBe(gil.id);
    expect(await invitationOf(gil.email, spaceId)).toMatchObject({ status: 'invited' });
    // What goes on with the first leaves the new one alone.
    await run(Date.now() + MINUTE);
    expect(await invitationOf(gil.email, spaceId)).toMatchObject({ status: 'invited' });
    expect((await audited('invitation.sent', gil.email)).length).toBe(1);
  });
});

describe('deleting one’s own account', () => {
  it('needs the password and the address, both named at once, and ends everything', async () => {
    const ben = await makeUser();
    const { jar } = await login(ben.email);
    const other = (await login(ben.email)).jar;
    const wrong = accounts.eraseSelf(await visit(jar), { current: 'no 1', typed: 'x@y.example' });
    await expect(wrong).rejects.toMatchObject({
      detail: { key: 'me.wrong-password', also: [{ detail: { key: 'erase.wrong-address' } }] },
    });
    await expect(
      accounts.eraseSelf(await visit(jar), { current: PASSWORD, typed: 'x@y.example' }),
    ).rejects.toMatchObject(refusal('invalid', 'erase.wrong-address'));
    expect((await visit(jar)).actor).not.toBeNull();
    await accounts.eraseSelf(await visit(jar), { current: PASSWORD, typed: ` ${ben.email.toUpperCase()} ` });
    for (const one of [jar, other]) expect((await visit(one)).actor).toBeNull();
    expect(jar.get('foyer-device')).toBeUndefined();
    expect(await audited('account.erased', ben.id)).toMatchObject([{ actor_id: ben.id, actor_name: '' }]);
  });

  it('leaves a space without an administrator where they were the only one, which is said before', async () => {
    const [ben, cho, boss] = [await makeUser(), await makeUser(), await makeAdministrator()];
    const alone = await makeSpace(ben, { name: 'Alone' }, [cho]);
    const shared = await makeSpace(ben, { name: 'Shared' }, [cho]);
    await memberships.setAdministrator(as(ben), shared, cho.id, true);
    expect(await accounts.beforehand(as(ben))).toEqual({
      lastAdministrator: false,
      spaces: ['Alone'],
      moreSpaces: 0,
    });
    await erase(ben);
    const { rows } = await spaces.list(as(boss), { search: '', after: '', trash: '', without: true });
    expect(rows.map(({ id }) => id)).toContain(alone);
    expect(rows.map(({ id }) => id)).not.toContain(shared);
    expect(
      await bindings.DB.prepare('select user_count n from space where id = ?').bind(alone).first(),
    ).toEqual({ n: 1 });
  });
});

describe('by whom', () => {
  it('a guest by administrators of the site; nobody else, and no user', async () => {
    const [boss, ben, gil] = [await makeAdministrator(), await makeUser(), await makeGuest()];
    await expect(accounts.eraseGuest(as(ben), gil.id)).rejects.toMatchObject(refusal('forbidden'));
    await expect(accounts.eraseGuest(as(boss), ben.id)).rejects.toMatchObject(refusal('missing'));
    await expect(accounts.eraseGuest(as(boss), randomId())).rejects.toMatchObject(refusal('missing'));
    await accounts.eraseGuest(as(boss), gil.id);
    await accounts.eraseGuest(as(boss), gil.id);
    expect(await audited('account.erased', gil.id)).toHaveLength(1);
  });
});

describe('at the same time', () => {
  it('twenty times is once', async () => {
    const [boss, gil] = [await makeAdministrator(), await makeGuest()];
    const { done, refused } = await parallel(20, () => accounts.eraseGuest(as(boss), gil.id));
    expect([done.length, refused]).toEqual([20, []]);
    expect(await audited('account.erased', gil.id)).toHaveLength(1);
  });

  it('a post is written by somebody who is there, or not at all', async () => {
    const [ava, boss] = [await makeUser(), await makeAdministrator()];
    const spaceId = await makeSpace(ava);
    for (let i = 0; i < 5; i++) {
      const gil = await makeGuest();
      await joinSpace(ava, spaceId, gil);
      const acting = as(gil);
      await Promise.allSettled([
        accounts.eraseGuest(as(boss), gil.id),
        ...[1, 2, 3].map(() => say(gil, spaceId, 'Now')),
        accounts.changeProfile(acting, { name: 'Back', company: 'Back', locale: null, timeZone: null }),
        accounts.setAvatar(as(gil), [new File([p.jpeg as Uint8Array<ArrayBuffer>], 'me.jpg')], []),
        login(gil.email),
      ]);
      await expect(say(gil, spaceId, 'Later')).rejects.toThrow();
      await run(Date.now() + (i + 1) * MINUTE);
      expect(await rowOf(gil.id)).toMatchObject({ name: '', company: '', avatar: null, password_hash: '' });
      for (const table of [
        'session',
        'membership',
        'reaction',
        'thread_person',
        'login_challenge',
        'password_reset',
        'trusted_browser',
        'handed_code',
      ])
        expect(await count(table, 'user_id = ?', gil.id), table).toBe(0);
      expect(
        await count(
          'file',
          `kind = 'avatar' and uploader_id = ? and attached_at is not null and released_at is null`,
          gil.id,
        ),
      ).toBe(0);
    }
  });

  it('an invitation of the same address is erased, or is one of a new person', async () => {
    const [ava, boss] = [await makeUser(), await makeAdministrator()];
    for (let i = 0; i < 5; i++) {
      const gil = await makeGuest();
      const spaceId = await makeSpace(ava);
      await Promise.allSettled([accounts.eraseGuest(as(boss), gil.id), invite(ava, spaceId, gil.email)]);
      const { results } = await bindings.DB.prepare('select email, status from invitation where space_id = ?')
        .bind(spaceId)
        .all<{ email: string; status: string }>();
      for (const { email, status } of results)
        expect([`${gil.email} invited`, ' cancelled']).toContain(`${email} ${status}`);
    }
  });

  it('two administrators who delete themselves: one stays', async () => {
    await bindings.DB.exec('update user set administrator = 0');
    for (let i = 0; i < 5; i++) {
      await bindings.DB.exec('update user set administrator = 0');
      const pair = [await makeAdministrator(), await makeAdministrator()];
      const { done, refused } = await parallel(2, (n) => erase(pair[n]!));
      expect([done.length, refused.length]).toEqual([1, 1]);
      expect(refused[0]).toMatchObject(refusal('conflict', 'erase.last-administrator'));
      expect(await count('user', `administrator = 1 and status = 'active'`)).toBe(1);
      const [left] = pair.filter(({ id }) => id !== done[0]!.ctx.actor.id);
      expect(await accounts.beforehand(as(left!))).toMatchObject({ lastAdministrator: true });
    }
  });
});

it('what is a lot goes on for as long as it takes, in bounded steps, and the last mail waits for it', async () => {
  const [ava, boss] = [await makeUser(), await makeAdministrator()];
  const gil = await makeGuest({ email: someEmail('many') });
  const spaceId = await makeSpace(ava);
  await joinSpace(ava, spaceId, gil);
  await bindings.DB.batch([
    bindings.DB.prepare(
      `insert into notification (user_id, space_id, kind, actor_id, created_at)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < 25000) select ?, ?, 'thread', ?, ? from n`,
    ).bind(gil.id, spaceId, ava.id, Date.now()),
    bindings.DB.prepare(
      `insert into audit_entry (at, action, actor_id, actor_name, subject, detail, ip)
       with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000) select 1000, 'account.signed-in', ?, 'Gil', 'user:' || ?, '{"a":1}', '192.0.2.1' from n`,
    ).bind(gil.id, gil.id),
  ]);
  const admin = as(boss);
  await accounts.eraseGuest(admin, gil.id);
  expect(await count('notification', 'user_id = ?', gil.id)).toBe(24_000);
  let minutes = 0;
  const lastMails = async () =>
    (await mailsTo(gil.emailOriginal)).filter(({ subject }) => subject.includes('deleted')).length;
  const left = () => count('audit_entry', `actor_id = ? and who_digest is null`, gil.id);
  for (let before = await left(); before > 0; minutes++) {
    expect(await lastMails()).toBe(0);
    await run(Date.now() + minutes * MINUTE);
    const now = await left();
    expect(before - now).toBeLessThanOrEqual(11 * 500);
    before = now;
  }
  for (let i = 0; i < 3; i++) await run(Date.now() + (minutes + i) * MINUTE);
  expect(await count('notification', 'user_id = ?', gil.id)).toBe(0);
  expect(await lastMails()).toBe(1);
  const { counts } = (await bindings.DB.prepare('select counts from erasure where user_id = ?')
    .bind(gil.id)
    .first<{ counts: string }>())!;
  expect(JSON.parse(counts)).toMatchObject({ notifications: 25_001 });
  expect(JSON.parse(counts).audit).toBeGreaterThanOrEqual(12_000);
}, 120_000);

it('whoever is back after a restore is erased again, and gets no second mail', async () => {
  const gil = await makeGuest({ name: 'Restored' });
  await accounts.changeProfile(as(gil), {
    ...{ name: 'Restored', company: 'Zebra Ltd', locale: null, timeZone: null },
  });
  await bindings.DB.prepare(
    `insert or ignore into erasure (user_id, kind, by, at)
      select id, kind, 'administrator', 1000 from user where id in (?) and erased_at is null`,
  )
    .bind(gil.id)
    .run();
  for (let minute = 0; minute < 3; minute++) await run(Date.now() + minute * MINUTE);
  expect(await rowOf(gil.id)).toMatchObject({ name: '', company: '' });
  expect(await count('audit_entry', 'detail like ?', '%Zebra Ltd%')).toBe(0);
  expect(await mailsTo(gil.emailOriginal)).toEqual([]);
  expect(await count('erasure', 'done_at is not null and user_id = ?', gil.id)).toBe(1);
  expect(await audited('account.erased', gil.id)).toMatchObject([{ actor_name: 'Foyer' }]);
});
