// Whatever is only for the company, a guest receives the same, byte for byte, as if it did not exist. Random histories are lived
// twice, with the private acts and without. HISTORIES=1000 lives more of them.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import {
  as,
  bindings,
  DAY,
  HOUR,
  MINUTE,
  ORIGIN,
  testContext,
  type Jar,
  type User,
} from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser, site } from '../../../tests/factories';
import { comparable, expectSame, received, START } from '../../../tests/histories';
import { login } from '../../../tests/logins';
import { mailsTo } from '../../../tests/mailbox';
import { listen } from '../../../tests/sockets';
import { expectViewed } from '../../../tests/views';
import worker from '../../worker';
import * as archive from './archive';
import { randomId } from './crypto';
import { Refusal } from './errors';
import * as files from './files';
import * as memberships from './memberships';
import * as notifications from './notifications';
import { file, membership, space } from './schema';
import * as spaces from './spaces';
import * as threads from './threads';

const HISTORIES = Number((bindings as { HISTORIES?: string }).HISTORIES ?? 200);
/** So often the built Worker is asked for its pages, too. */
const PAGES_EVERY = 20;
/** And for everything, not only for what shows the most. */
const FULL_EVERY = 5;
/** And whether the view as Kim is what Kim gets. VIEWED_EVERY=1 asks it of each history. */
const VIEWED_EVERY = Number((bindings as { VIEWED_EVERY?: string }).VIEWED_EVERY) || 10;

type Who = 'ava' | 'ben' | 'kim' | 'noor';
type Author = 'ava' | 'ben';

const bodies = [
  'Thursday at the harbour',
  'Ask @Ben Kowalski and @Kim Park about the crane',
  '@Noor Haddad, please',
  '> @Kim Park said so\n\nThursday then, @Ava Lind',
  'harbour `@Kim Park` [x](https://x.example/) crane',
];
const titles = ['Crane', 'Harbour for @Kim Park', 'Thursday'];

const small = fc.nat({ max: 2 });
const body = fc.nat({ max: bodies.length - 1 });
const title = fc.nat({ max: titles.length - 1 });
const anyone = fc.constantFrom<Who>('ava', 'ben', 'kim', 'noor');
const author = fc.constantFrom<Author>('ava', 'ben');
const what = <const W extends string>(...words: [W, ...W[]]) => fc.constantFrom(...words);

/** What everybody does in both lives. */
const open = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ what: what('begin'), who: anyone, title, body, everybody: fc.boolean() }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ what: what('comment'), who: anyone, thread: small, body, file: fc.boolean() }),
  },
  fc.record({ what: what('react'), who: anyone, thread: small, comment: fc.option(small), on: fc.boolean() }),
  fc.record({ what: what('edit', 'remove'), who: anyone, comment: small, body }),
  fc.record({ what: what('version'), who: anyone, comment: small }),
  fc.record({
    what: what('pin', 'close'),
    who: fc.constant('ava' as const),
    thread: small,
    on: fc.boolean(),
  }),
  fc.record({ what: what('read', 'follow', 'see', 'mail'), who: anyone, thread: small }),
);
/** What is only for the company. */
const only = fc.record({
  who: author,
  thread: small,
  comment: small,
  title,
  body,
  everybody: fc.boolean(),
  file: fc.boolean(),
  what: fc.oneof(
    { weight: 3, arbitrary: what('only-begin', 'only-comment') },
    what(
      'only-answer',
      'only-version',
      'only-edit',
      'only-retitle',
      'only-remove',
      'only-remove-thread',
      'only-react',
    ),
    what('only-pin', 'only-close', 'only-read', 'only-follow'),
  ),
});
type Act =
  | (typeof open extends fc.Arbitrary<infer T> ? T : never)
  | (typeof only extends fc.Arbitrary<infer T> ? T : never);
const history = fc.record({
  hidden: fc.boolean(),
  acts: fc
    .tuple(
      fc.array(open, { minLength: 2, maxLength: 4 }),
      fc.array(only, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.boolean()),
    )
    .map(([some, others, first]) => {
      const acts: Act[] = [];
      const rest: Act[] = [...others];
      for (const act of some) {
        while (rest.length > 0 && first.next().value) acts.push(rest.shift()!);
        acts.push(act);
      }
      return [...acts, ...rest];
    }),
  /** Ava archives the space before one act, and brings it back before another, or never. Last, so that the rest stays as it was. */
  archived: fc.option(fc.record({ from: fc.nat({ max: 7 }), to: fc.nat({ max: 9 }) }), { freq: 1 }),
});
interface History {
  hidden: boolean;
  acts: Act[];
  archived: { from: number; to: number } | null;
}

interface Cast {
  people: Record<Who, User>;
  /** Kim's browser. */
  jar: Jar;
}

/** One for each life: all its histories add up in Kim's portal. */
async function makeCast(): Promise<Cast> {
  const people = {
    ava: await makeUser({ name: 'Ava Lind', mailAbout: 'nothing' }),
    ben: await makeUser({ name: 'Ben Kowalski', mailAbout: 'nothing' }),
    kim: await makeGuest({ name: 'Kim Park', company: 'Northwind', mailAbout: 'all', timeZone: 'UTC' }),
    noor: await makeGuest({ name: 'Noor Haddad', company: 'Quay', mailAbout: 'nothing' }),
  };
  return { people, jar: (await login(people.kim.email, { ip: '10.9.9.9' })).jar };
}

async function makeRoom({ people }: Cast, hidden: boolean, began: number): Promise<number> {
  const { ava, ben, kim, noor } = people;
  const room = await makeSpace(ava, {}, [ben]);
  const ctx = as(ava);
  const { db } = ctx;
  await ctx.commit([kim, noor].flatMap(({ id }) => memberships.join(ctx, room, id, { invitedBy: ava.id })));
  await db
    .update(space)
    .set({ guestsHidden: hidden, createdAt: began - DAY })
    .where(eq(space.id, room));
  for (const [i, { id }] of [ava, ben, kim, noor].entries())
    await db
      .update(membership)
      .set({ joinedAt: began - DAY + i, lastReadAt: began - DAY + i })
      .where(and(eq(membership.spaceId, room), eq(membership.userId, id)));
  return room;
}

/** Lives one history in a room of its own. @returns what Kim receives */
async function live(
  cast: Cast,
  { hidden, acts, archived }: History,
  withOnly: boolean,
  nth: number,
): Promise<string> {
  const { people, jar } = cast;
  // An hour each, so that no limit counts what happened in another.
  let now = START + nth * HOUR;
  vi.setSystemTime(now);
  const room = await makeRoom(cast, hidden, now);
  const { seq } = await spaces.overview(as(people.kim), room);
  const page = nth % FULL_EVERY === 0 ? await listen(jar, room) : undefined;
  const common = { threads: [] as number[], comments: [] as { id: number; thread: number; who: Who }[] };
  const inner = { threads: [] as number[], comments: [] as { id: number; thread: number }[] };
  const gone = { threads: [] as number[], comments: [] as { id: number; thread: number }[] };
  const earlier = new Set((await mailsTo(people.kim.email)).map(({ id }) => id));
  const pick = <T>(list: T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
  const attached = (has: boolean, name: string) => (has ? [new File(['crane'], name)] : []);
  const words = (a: { body: number }) => ({ body: bodies[a.body]!, requestKey: randomId() });
  /** A new version of a comment's file, by its author or by who runs the space. */
  const replace = async (ctx: ReturnType<typeof as>, said: { id: number; thread: number }, name: string) => {
    const [one] = (await threads.source(ctx, room, said.thread, said.id)).files;
    if (one)
      await threads.replaceFile(ctx, room, one.id, { files: attached(true, name), requestKey: randomId() });
  };
  const deliver = async () => {
    const cron = testContext({ now });
    await notifications.mailDue(cron);
    await cron.settle();
  };

  const perform = async (a: Act): Promise<void> => {
    const ctx = as(people[a.who], { now });
    const topic = 'thread' in a ? pick(common.threads, a.thread) : undefined;
    if (a.what === 'begin')
      common.threads.push(
        await threads.begin(ctx, room, { title: titles[a.title]!, everybody: a.everybody, ...words(a) }),
      );
    else if (a.what === 'comment' && topic) {
      const id = await threads.addComment(ctx, room, topic, {
        ...words(a),
        files: attached(a.file, 'crane.txt'),
      });
      common.comments.push({ id, thread: topic, who: a.who });
    } else if (a.what === 'version') {
      const said = pick(common.comments, a.comment);
      if (said) await replace(ctx, said, 'crane.txt');
    } else if (a.what === 'react' && topic) {
      const said = a.comment === null ? undefined : pick(common.comments, a.comment);
      await threads.react(ctx, room, said?.thread ?? topic, said?.id ?? null, 'yes', a.on);
    } else if (a.what === 'edit' || a.what === 'remove') {
      const said = pick(common.comments, a.comment);
      if (said?.who !== a.who) return;
      if (a.what === 'remove') return threads.removeComment(ctx, room, said.thread, said.id);
      const { editedAt } = await threads.source(ctx, room, said.thread, said.id);
      await threads.edit(ctx, room, said.thread, said.id, { body: bodies[a.body]!, editedAt });
    } else if (a.what === 'pin' && topic) await threads.setPinned(ctx, room, topic, a.on);
    else if (a.what === 'close' && topic) await threads.setClosed(ctx, room, topic, a.on);
    else if (a.what === 'read') await memberships.markRead(ctx, room, now);
    else if (a.what === 'see' && topic) await threads.markRead(ctx, room, topic, now);
    else if (a.what === 'follow' && topic) await threads.follow(ctx, room, topic, a.thread !== 0);
    else if (a.what === 'mail') await deliver();
    else if (a.what.startsWith('only-')) await confide(a as OnlyAct, ctx, topic);
    await ctx.settle();
  };

  type OnlyAct = Extract<Act, { title: number; comment: number }>;
  const confide = async (
    a: OnlyAct,
    ctx: ReturnType<typeof as>,
    topic: number | undefined,
  ): Promise<void> => {
    const text = { ...words(a), audience: 'company' as const, files: attached(a.file, 'only.txt') };
    const thread = pick(inner.threads, a.thread);
    const said = pick(inner.comments, a.comment);
    if (a.what === 'only-begin')
      inner.threads.push(
        await threads.begin(ctx, room, { title: titles[a.title]!, everybody: a.everybody, ...text }),
      );
    else if (a.what === 'only-comment' && topic)
      inner.comments.push({ id: await threads.addComment(ctx, room, topic, text), thread: topic });
    else if (a.what === 'only-answer' && thread)
      inner.comments.push({ id: await threads.addComment(ctx, room, thread, words(a)), thread });
    else if (a.what === 'only-version' && said) await replace(ctx, said, 'only.txt');
    else if (a.what === 'only-edit' && said) {
      const { editedAt } = await threads.source(ctx, room, said.thread, said.id);
      await threads.edit(ctx, room, said.thread, said.id, { body: bodies[a.body]!, editedAt });
    } else if (a.what === 'only-retitle' && thread) {
      const { editedAt } = await threads.source(ctx, room, thread, null);
      await threads.edit(ctx, room, thread, null, {
        title: titles[a.title]!,
        body: bodies[a.body]!,
        editedAt,
      });
    } else if (a.what === 'only-remove' && said) {
      await threads.removeComment(ctx, room, said.thread, said.id);
      gone.comments.push(...inner.comments.splice(inner.comments.indexOf(said), 1));
    } else if (a.what === 'only-remove-thread' && thread) {
      await threads.remove(ctx, room, thread);
      gone.threads.push(...inner.threads.splice(inner.threads.indexOf(thread), 1));
      inner.comments = inner.comments.filter((one) => one.thread !== thread);
    } else if (a.what === 'only-react') {
      if (said) await threads.react(ctx, room, said.thread, said.id, 'heart', true);
      else if (thread) await threads.react(ctx, room, thread, null, 'heart', true);
    } else if (a.what === 'only-pin' && thread) await threads.setPinned(ctx, room, thread, true);
    else if (a.what === 'only-close' && thread) await threads.setClosed(ctx, room, thread, true);
    else if (a.what === 'only-read' && thread) await threads.markRead(ctx, room, thread, now);
    else if (a.what === 'only-follow' && thread) await threads.follow(ctx, room, thread, true);
  };

  for (const [i, a] of acts.entries()) {
    now += 2 * MINUTE;
    vi.setSystemTime(now);
    if (i === archived?.from) await archive.set(as(people.ava, { now }), room, true);
    else if (i === archived?.to) await archive.set(as(people.ava, { now }), room, false);
    if (a.what.startsWith('only-') && !withOnly) continue;
    // What is closed, gone or forbidden is refused in both lives.
    await perform(a).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  now += 30 * MINUTE;
  vi.setSystemTime(now);
  await deliver();
  // Changes nothing, and answers as if it had never been.
  if (nth % FULL_EVERY === 0)
    await expectNothing(people.kim, room, {
      threads: [...inner.threads, ...gone.threads],
      comments: [...inner.comments, ...gone.comments],
    });

  // Ava sees the space as Kim does, by everything that it can be asked for.
  if (withOnly && nth % VIEWED_EVERY === 0)
    await expectViewed(
      people.ava,
      people.kim,
      { room, threads: common.threads, people: Object.values(people).map(({ id }) => id) },
      now,
    );
  const all = await received(as(people.kim, { now }), {
    ...{
      room,
      seq,
      threads: common.threads,
      words: nth % FULL_EVERY ? [] : ['crane'],
      brief: nth % FULL_EVERY !== 0,
    },
    comments: common.comments.slice(0, 2),
  });
  const mails = (await mailsTo(people.kim.email)).filter(({ id }) => !earlier.has(id));
  const heard = await page?.heard();
  page?.socket.close();
  const text = `${comparable({ all, mails }, Object.entries(people))}\n${heard}`;
  return nth % PAGES_EVERY === 0 ? `${text}\n${await webPages(jar, people, room, common.threads)}` : text;
}

const answerOf = (attempt: () => Promise<unknown>): Promise<string> =>
  attempt().then(
    () => 'done',
    (error: Refusal) => error.kind,
  );

/** Everything that a guest could try with what they must not know of. */
async function expectNothing(
  kim: User,
  room: number,
  hidden: { threads: number[]; comments: { id: number; thread: number }[] },
): Promise<void> {
  const ctx = as(kim);
  const tries = [
    ...hidden.threads.flatMap((id) => [
      () => threads.read(ctx, room, id),
      () => threads.addComment(ctx, room, id, { body: 'x', requestKey: randomId() }),
    ]),
    ...hidden.comments.flatMap(({ id, thread }) => [
      () => threads.source(ctx, room, thread, id),
      () => threads.removeComment(ctx, room, thread, id),
    ]),
  ];
  // In an archived space the same as of what never was.
  const never = [
    () => threads.addComment(ctx, room, 1, { body: 'x', requestKey: randomId() }),
    () => threads.removeComment(ctx, room, 1, 1),
  ];
  const answers = await Promise.all(never.map(answerOf));
  for (const attempt of tries) expect(['missing', ...answers]).toContain(await answerOf(attempt));
  const stored = await ctx.db
    .select()
    .from(file)
    .where(and(eq(file.spaceId, room), eq(file.name, 'only.txt')));
  for (const { id } of stored)
    for (const query of ['', '?thumb'])
      await expect(files.serve(ctx, id, new Request(`${ORIGIN}/files/${id}${query}`))).rejects.toMatchObject({
        kind: 'missing',
      });
}

/** The pages and their data, through the built Worker. */
async function webPages(jar: Jar, people: Cast['people'], room: number, topics: number[]): Promise<string> {
  const here = `/spaces/${room}`;
  const paths = [
    ...[
      '/',
      '/notifications?show=all',
      '/search?q=crane',
      '/search?q=txt&kind=files',
      '/me',
      '/news',
      here,
      `${here}/people`,
      `${here}/new-thread`,
    ],
    ...[
      `${here}/search?q=harbour`,
      `${here}/people.json?q=`,
      '/search/suggestions?q=crane',
      `${here}/changes?since=x`,
    ],
    ...topics.slice(0, 2).flatMap((id) => [`${here}/threads/${id}`, `${here}/threads/${id}?open=first`]),
  ];
  const data = (path: string) => path.replace(/(?=\?|$)/, path === '/' ? '__data.json' : '/__data.json');
  const isPage = (path: string) => !/\.json|\/suggestions|\/news$|\/changes/.test(path);
  const answers = [];
  for (const path of paths.flatMap((one) => (isPage(one) ? [one, data(one)] : [one]))) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const execution = createExecutionContext();
    const response = await worker.fetch!(
      new Request(ORIGIN + path, {
        redirect: 'manual',
        headers: { host: 'localhost:8787', accept: 'text/html', cookie },
      }) as never,
      bindings,
      execution,
    );
    await waitOnExecutionContext(execution);
    answers.push(`${path} ${response.status} ${[...response.headers].join(' ')} ${await response.text()}`);
  }
  let text = answers.join('\n');
  for (const [name, { id, email }] of Object.entries(people))
    text = text.replaceAll(id, name).replaceAll(email, name);
  return (
    text
      // Ids and places, keys of forms, nonces; times are the same.
      // Etags and nonces first: one of digits alone would be taken for an id.
      .replace(/etag,"\w+"/g, 'etag')
      .replace(/nonce[-=]["']?[\w+/=-]+/g, 'nonce')
      .replace(/\b\d{5,}\b/g, '#')
      .replace(/\b(?:[a-z2-7]{16}|[a-z2-7]{40})\b/g, '#')
      .replace(/(notification-)[\w-]{22}/g, '$1#')
      // Keys of next pages (paging.ts): lists, as JSON in base64.
      .replace(/([="])W[yz][\w-]{8,}/g, '$1#')
      .replace(/(["'=>])(?:[\w-]{16}|[\w-]{22}|[\w-]{43})(?=["'<])/g, '$1#')
  );
}

let casts: [without: Cast, with_: Cast];
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  await site({ setUp: true, siteName: 'Foyer' });
  casts = [await makeCast(), await makeCast()];
  // Ids that no count is mistaken for.
  await testContext()
    .db.insert(space)
    .values({
      ...{ id: 1_000_000, name: 'x', cover: 'harbour', requestKey: randomId() },
      ...{ createdBy: casts[0].people.ava.id, createdAt: START, updatedAt: START },
    });
});
afterAll(() => void vi.useRealTimers());

it('whatever is only for the company, a guest receives the same', async () => {
  let lived = 0;
  await fc.assert(
    fc.asyncProperty(history, async (one) => {
      const nth = lived++;
      expectSame(await live(casts[1], one, true, nth), await live(casts[0], one, false, nth));
    }),
    // Not shrunk: earlier histories are part of what Kim sees.
    { seed: 20261127, numRuns: HISTORIES, endOnFailure: true },
  );
  expect(lived).toBe(HISTORIES);
}, 1_200_000);
