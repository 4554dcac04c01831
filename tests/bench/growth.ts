/** What a site of many years has besides its texts, in bulk: invitations and their mails, notifications, changes, marks, sessions, audit. */
import { sql, type SQL } from 'drizzle-orm';
import type { Env } from '../../src/lib/server/context/config';
import { createContext } from '../../src/lib/server/context/create';
import { DAY } from '../../src/lib/time';
import { randomIds, series } from './site';

const PIECE = 20_000;

/**
 * @param asked `invitations`: open ones, as many accepted ones come with the guests. `invitationsInFirst`: of the first space.
 * `recent`: notifications, changes, sessions and audit entries, of each
 */
export async function grow(env: Env, asked: URLSearchParams) {
  const [all, inFirst, recent] = ['invitations', 'invitationsInFirst', 'recent'].map((name) =>
    Number(asked.get(name)),
  ) as [number, number, number];
  const ctx = createContext({ env, waitUntil: () => {}, changeLimit: null });
  const write = (statement: SQL) => ctx.commit([ctx.db.run(statement)], { always: true });
  const ava = sql`(select id from user where email = 'ava@foyer.example')`;
  const first = sql`(select min(id) from space)`;
  const sent = ctx.now - 6 * DAY;

  const invitations = (status: SQL, rows: SQL) => sql`
    insert into invitation (id, kind, space_id, email, email_original, status, subject, message, locale, invited_by, created_at,
      sent_at, expires_at, accepted_at, accepted_by)
    select ${randomIds}, 'guest', r.space_id, r.email, r.email, ${status}, 'Join us', 'Hello', 'en', ${ava}, ${sent}, ${sent},
      ${sent + 7 * DAY}, r.accepted_at, r.accepted_by from (${rows}) r`;
  await write(
    invitations(
      sql`'accepted'`,
      sql`select m.space_id, u.email, m.joined_at as accepted_at, u.id as accepted_by
        from membership m join user u on u.id = m.user_id where u.kind = 'guest'`,
    ),
  );
  for (let from = 1; from <= all; from += PIECE)
    await write(
      invitations(
        sql`'invited'`,
        sql`select iif(i <= ${inFirst}, ${first}, ${first} + 1 + i % ((select count(*) from space) - 1)) as space_id,
          'waits' || i || '@partner.example' as email, null as accepted_at, null as accepted_by
          from (${series(from, Math.min(all, from + PIECE - 1))})`,
      ),
    );
  await write(sql`
    insert into mail (id, kind, to_email, locale, status, attempts, next_attempt_at, space_id, invitation_id, created_at, finished_at)
    select ${randomIds}, 'invitation', email, 'en', 'sent', 1, ${sent}, space_id, id, ${sent}, ${sent}
    from invitation where status = 'invited'`);

  // Every second is read.
  await write(sql`
    insert into notification (user_id, space_id, thread_id, comment_id, kind, actor_id, created_at, read_at)
    select ${ava}, c.space_id, c.thread_id, c.id, 'comment', c.author_id, c.created_at, iif(c.id % 2, c.created_at, null)
    from comment c where c.space_id in (select space_id from membership where user_id = ${ava}) and c.author_id <> ${ava}
    order by c.id desc limit ${recent}`);
  await write(sql`
    insert into space_event (space_id, kind, thread_id, comment_id, actor_id, owner_id, at)
    select c.space_id, 'comment', c.thread_id, c.id, c.author_id, iif(u.kind = 'guest', u.id, null), ${ctx.now}
    from comment c join user u on u.id = c.author_id where c.id > (select max(id) from comment) - ${recent}`);
  await write(sql`
    insert or ignore into thread_person (space_id, thread_id, user_id, read_at, seen_at, guest)
    select t.space_id, t.id, u.id, ${ctx.now}, ${ctx.now}, u.kind = 'guest'
    from thread t join membership m on m.space_id = t.space_id join user u on u.id = m.user_id
    where t.id = (select max(id) from thread where space_id = ${first})`);
  await write(sql`
    insert into session (id_hash, user_id, created_at, last_seen_at, expires_at, absolute_expires_at, ip, user_agent)
    select lower(hex(randomblob(32))), u.id, ${ctx.now}, ${ctx.now}, ${ctx.now + DAY}, ${ctx.now + 30 * DAY}, '127.0.0.1', 'Benchmark'
    from user u where u.kind = 'guest' limit ${recent}`);
  await write(sql`
    insert into audit_entry (at, action, actor_id, actor_name, subject, space_id, detail, ip)
    select ${sent} + i, 'invitation.sent', ${ava}, 'Ava Lind', 'invitation:' || i, ${first} + i % (select count(*) from space),
      json_object('email', 'waits' || i || '@partner.example'), '127.0.0.1'
    from (${series(1, recent)})`);
  return { dueAt: sent + 7 * DAY };
}
