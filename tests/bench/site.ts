/**
 * Fills an empty site for the benchmark: one company, spaces with threads, comments and guests. What rules derive (order,
 * counts, index) is derived by the product's own verbs; the rows themselves are written in bulk.
 */
import { sql, type SQL } from 'drizzle-orm';
import * as accounts from '../../src/lib/server/accounts';
import { signedIn, type Ctx, type SignedIn } from '../../src/lib/server/context';
import type { Env } from '../../src/lib/server/context/config';
import { createContext } from '../../src/lib/server/context/create';
import { randomId } from '../../src/lib/server/crypto';
import * as folded from '../../src/lib/server/folded';
import * as memberships from '../../src/lib/server/memberships';
import { user } from '../../src/lib/server/schema';
import * as search from '../../src/lib/server/search';
import { actorOf } from '../../src/lib/server/sessions';
import * as settings from '../../src/lib/server/settings';
import * as spaces from '../../src/lib/server/spaces';
import { defaultOptions } from '../../src/lib/space-options';
import { indexComments, indexThreads, text } from './texts';

const PASSWORD = 'quiet harbour 27 lamps';

/** How much there is. The defaults are the standard site. */
interface Size {
  spaces: number;
  guests: number;
  /** In the first space; the others share the rest. */
  guestsInFirst: number;
  threads: number;
  /** In the first space. */
  threadsInFirst: number;
  comments: number;
  /** In the first thread of the first space. */
  commentsInFirst: number;
}

const STANDARD: Size = {
  spaces: 50,
  guests: 1_000,
  guestsInFirst: 200,
  threads: 25,
  threadsInFirst: 25,
  comments: 20_000,
  commentsInFirst: 50,
};

const COLLEAGUES = 12;
const RUN_BY_AVA = 10;
/** Rows per statement: D1 ends a statement that takes too long. */
const PIECE = 20_000;

export async function fill(env: Env, asked: URLSearchParams) {
  const size = { ...STANDARD };
  for (const name of Object.keys(size) as (keyof Size)[])
    if (asked.has(name)) size[name] = Number(asked.get(name));
  const at = Date.now() - 20 * 86_400_000;
  const context = (now = at): Ctx =>
    createContext({
      env,
      waitUntil: () => {},
      changeLimit: null,
      now,
      ip: '127.0.0.1',
      userAgent: 'Benchmark',
    });
  const ctx = context();

  await accounts.setUp(ctx, {
    token: ctx.config.setupToken!,
    siteName: 'Foyer',
    companyName: 'Foyer Ltd',
    name: 'Ava Lind',
    email: 'ava@foyer.example',
    password: PASSWORD,
    preset: 'documented',
    emailVerified: true,
  });
  // Nothing to index yet; what follows is indexed together with its rows.
  await search.rebuild(ctx);
  await people(ctx, 'user', COLLEAGUES, 'foyer.example', at);
  await people(ctx, 'guest', size.guests, 'partner.example', at);
  const everybody = await ctx.db
    .select()
    .from(user)
    .where(sql`kind = 'user'`);
  const named = (email: string): SignedIn =>
    signedIn(Object.assign(context(), { actor: actorOf(everybody.find((one) => one.email === email)!) }));
  const [ava, kim] = [named('ava@foyer.example'), named('user1@foyer.example')];

  // Ava runs the first spaces; colleagues are in two of three; a guest is in one.
  const ids: number[] = [];
  for (let n = 1; n <= size.spaces; n++) {
    const form = { name: `Project ${n}`, cover: 'harbour', ...defaultOptions };
    ids.push(await spaces.create(n <= RUN_BY_AVA ? ava : kim, form, [], randomId()));
  }
  const first = ids[0]!;
  const write = (...statements: SQL[]) =>
    ctx.commit(
      statements.map((one) => ctx.db.run(one)),
      { always: true },
    );
  await write(
    sql`insert or ignore into membership (space_id, user_id, invited_by, joined_at, last_read_at, greeted_at)
      select s.id, u.id, ${kim.actor.id}, ${at}, ${at}, ${at} from space s join (
        select id, row_number() over (order by email) n from user where kind = 'user' and email <> 'ava@foyer.example') u
      on (s.id + u.n) % 3 <> 0`,
    sql`insert into membership (space_id, user_id, invited_by, joined_at, last_read_at, greeted_at)
      select case when n <= ${size.guestsInFirst} then ${first}
        else ${first} + 1 + (n % max(1, ${size.spaces - 1})) end, id, ${ava.actor.id}, ${at}, ${at}, ${at}
      from (select id, row_number() over (order by email) n from user where kind = 'guest')
      where n <= ${size.guestsInFirst} or ${size.spaces} > 1`,
  );
  for (const id of ids) await ctx.commit(memberships.allOrdered(ctx, sql`${id}`), { always: true });

  // Whoever writes is in the space: its people in turn, as many as each space has.
  const writers = sql`(select space_id, user_id, row_number() over (partition by space_id order by user_id) - 1 as place,
    min(20, count(*) over (partition by space_id)) as many from membership)`;
  await write(sql`
    insert into thread (space_id, title, body, author_id, last_activity_at, public_activity_at, staff_activity_at, request_key, created_at)
    select s.id, 'Thread ' || n.i || ' of ' || s.name, ${text(sql`n.i`)}, w.user_id,
      ${at} + n.i * 60000, ${at} + n.i * 60000, ${at} + n.i * 60000, 'bench:' || s.id || ':' || n.i, ${at} + n.i * 60000
    from space s join (${series(1, Math.max(size.threads, size.threadsInFirst))}) n
        on n.i <= iif(s.id = ${first}, ${size.threadsInFirst}, ${size.threads})
      join ${writers} w on w.space_id = s.id and w.place = n.i * 7 % w.many`);

  const { low, read, threads } = (await ctx.db.get<{ low: number; read: number; threads: number }>(
    sql`select min(id) as low, max(id) filter (where space_id = ${first}) as read, count(*) as threads from thread`,
  ))!;
  const comments = (from: number, to: number, thread: SQL) => sql`
    insert into comment (space_id, thread_id, author_id, body, request_key, created_at)
    select t.space_id, t.id, w.user_id, ${text(sql`n.i`)}, 'bench:' || n.i, ${at} + 3600000 + n.i * 10000
    from (${series(from, to)}) n join thread t on t.id = ${thread}
      join ${writers} w on w.space_id = t.space_id and w.place = n.i * 3 % w.many`;
  for (let from = 1; from <= size.commentsInFirst; from += PIECE)
    await write(comments(from, Math.min(size.commentsInFirst, from + PIECE - 1), sql`${read}`));
  for (let from = size.commentsInFirst + 1; from <= size.comments; from += PIECE)
    await write(
      comments(
        from,
        Math.min(size.comments, from + PIECE - 1),
        sql`(${low} + n.i % ${threads} + (${low} + n.i % ${threads} = ${read}))`,
      ),
    );
  await write(sql`
    update thread set
      (comment_count, public_comment_count, staff_comment_count) = (select count(*), count(*), coalesce(sum(u.kind = 'user'), 0)
        from comment c join user u on u.id = c.author_id where c.thread_id = thread.id),
      (last_activity_at, public_activity_at, staff_activity_at) = (select coalesce(max(c.created_at), thread.created_at),
        coalesce(max(c.created_at), thread.created_at), coalesce(max(c.created_at), thread.created_at) from comment c where c.thread_id = thread.id)`);

  const unfolded = () => ctx.db.get<{ n: number }>(sql`select count(*) n from user where folded is null`);
  while ((await unfolded())!.n > 0) await folded.foldDue(ctx);
  await write(indexThreads());
  const { last } = (await ctx.db.get<{ last: number }>(sql`select max(id) as last from comment`))!;
  for (let from = 1; from <= last; from += PIECE) await write(indexComments(from, from + PIECE - 1));
  await ctx.commit([settings.put(ctx, 'twoStep', true)]);
  const { guest } = (await ctx.db.get<{ guest: string }>(
    sql`select u.email as guest from membership m join user u on u.id = m.user_id where m.space_id = ${first} and u.kind = 'guest' limit 1`,
  ))!;
  return { space: first, thread: read, guest, password: PASSWORD };
}

/** SQL: 16 characters, as the product's own ids. */
export const randomIds: SQL = sql.raw(
  `replace(replace(replace(replace(lower(hex(randomblob(8))), '0', 'g'), '1', 'h'), '8', 'i'), '9', 'j')`,
);

/** With Ava's password, so that each can sign in. */
const people = (ctx: Ctx, kind: 'user' | 'guest', howMany: number, domain: string, at: number) =>
  ctx.commit(
    [
      ctx.db.run(sql`
        insert into user (id, kind, email, email_original, name, company, password_hash, email_verified_at, login_count,
          last_login_at, can_create_spaces, created_at, updated_at)
        select ${randomIds}, ${kind}, ${kind} || n.i || '@' || ${domain}, ${kind} || n.i || '@' || ${domain},
          (select value from json_each(${JSON.stringify(FIRST)}) where key = n.i % ${FIRST.length}) || ' ' ||
          (select value from json_each(${JSON.stringify(LAST)}) where key = n.i / ${FIRST.length} % ${LAST.length}) || ' ' || n.i,
          iif(${kind} = 'guest', 'Partner ' || (n.i % 7), ''), (select password_hash from user limit 1), ${at}, 1, ${at}, ${kind} = 'user', ${at}, ${at}
        from (${series(1, howMany)}) n`),
    ],
    { always: true },
  );

export const series = (from: number, to: number): SQL =>
  sql`with recursive n(i) as (select cast(${from} as integer) union all select i + 1 from n where i < ${to}) select i from n`;

const FIRST = ['Mia', 'Ken', 'Noor', 'Gil', 'Hana', 'Omar', 'Lena', 'Ivo', 'Sara', 'Tom'];
const LAST = ['Ito', 'Sato', 'Haddad', 'Ferreira', 'Kowalski', 'Lind', 'Yamada', 'Berg', 'Costa', 'Weber'];
