// Where guests do not see each other, a guest receives the same, byte for byte, as if other guests did nothing. Random histories
// are run twice, with and without another guest's acts, and compared.
import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { as, bindings, DAY, MINUTE, testContext, type User } from '../../../tests/contexts';
import { makeGuest, makeSpace, makeUser } from '../../../tests/factories';
import { comparable, expectSame, received, START } from '../../../tests/histories';
import { joinSpace } from '../../../tests/invitations';
import { mailsTo } from '../../../tests/mailbox';
import { expectViewed } from '../../../tests/views';
import * as archive from './archive';
import * as changes from './changes';
import { randomId } from './crypto';
import { Refusal } from './errors';
import * as memberships from './memberships';
import * as notifications from './notifications';
import { membership, space } from './schema';
import * as spaces from './spaces';
import * as threads from './threads';

/** So often the view as Kim is compared with what Kim gets. VIEWED_EVERY=1: each time. */
const VIEWED_EVERY = Number((bindings as { VIEWED_EVERY?: string }).VIEWED_EVERY) || 7;

const WORDS = ['harbour', 'hanako', 'sato', 'thursday', 'crane', 'x.example', 'satoさん'];

type Who = 'ava' | 'ben' | 'kim' | 'hanako';
const bodies = [
  'Thursday at the harbour',
  'Ask @Hanako Satoさん about the crane',
  '@Kim Park and ＠hanako sato様, please',
  '> @Hanako Sato said so\n\nThursday then, @Ben Kowalski',
  'harbour `@Hanako Sato` [x](https://x.example/)',
  'crane\n\n- [ ] one\n- [x] two',
  'Thursday: @Dr. Hanako Satos crane, @[Hanako](https://x.example/a_(b)) Sato, https://x.example/@Hanako%20Sato',
];
const titles = ['Crane', 'Harbour for @Hanako Sato', 'Thursday', 'With @Kim Park'];

/** `other`: only in the run with the other guest. */
type Act =
  | { what: 'begin'; who: Who; title: number; body: number; everybody: boolean; file: boolean }
  | { what: 'comment'; who: Who; thread: number; body: number; file: boolean }
  | { what: 'answer-other'; who: 'ava' | 'ben'; body: number; file: boolean }
  | { what: 'react'; who: Who; thread: number; comment: number | null; on: boolean }
  | { what: 'react-other'; who: 'ava' | 'ben' }
  | { what: 'edit'; who: Who; comment: number; body: number }
  | { what: 'remove'; who: Who; comment: number }
  | { what: 'remove-other' | 'version-other'; who: 'ava' }
  | { what: 'pin' | 'close'; who: 'ava'; thread: number; on: boolean }
  | { what: 'pin-other' | 'close-other'; who: 'ava' }
  | { what: 'read' | 'follow'; who: Who; thread: number }
  | { what: 'leave'; who: 'hanako' }
  /** Guests can or can no longer see each other. */
  | { what: 'hide'; who: 'ava'; on: boolean };

const small = fc.nat({ max: 3 });
const body = fc.nat({ max: bodies.length - 1 });
const anyone = fc.constantFrom<Who>('ava', 'ben', 'kim', 'hanako', 'hanako');
const company = fc.constantFrom<'ava' | 'ben'>('ava', 'ben');
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('begin' as const),
      who: anyone,
      title: fc.nat({ max: titles.length - 1 }),
      body,
      everybody: fc.boolean(),
      file: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('comment' as const),
      who: anyone,
      thread: small,
      body,
      file: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('answer-other' as const),
      who: company,
      body,
      file: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('react' as const),
      who: anyone,
      thread: small,
      comment: fc.option(small),
      on: fc.boolean(),
    }),
  },
  fc.record({ what: fc.constant('react-other' as const), who: company }),
  fc.record({ what: fc.constant('edit' as const), who: anyone, comment: small, body }),
  fc.record({ what: fc.constant('remove' as const), who: anyone, comment: small }),
  fc.record({
    what: fc.constantFrom('remove-other' as const, 'version-other' as const),
    who: fc.constant('ava' as const),
  }),
  fc.record({
    what: fc.constantFrom('pin' as const, 'close' as const),
    who: fc.constant('ava' as const),
    thread: small,
    on: fc.boolean(),
  }),
  fc.record({
    what: fc.constantFrom('pin-other' as const, 'close-other' as const),
    who: fc.constant('ava' as const),
  }),
  fc.record({ what: fc.constantFrom('read' as const, 'follow' as const), who: anyone, thread: small }),
  fc.constant({ what: 'leave' as const, who: 'hanako' as const }),
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant('hide' as const),
      who: fc.constant('ava' as const),
      on: fc.boolean(),
    }),
  },
);

/** Ava archives the space before one act, and brings it back before another, or never. */
const archivedAt = fc.option(fc.record({ from: fc.nat({ max: 17 }), to: fc.nat({ max: 20 }) }), { freq: 1 });
type Archived = { from: number; to: number } | null;

const isOthers = (a: Act) => a.who === 'hanako' || a.what.endsWith('-other');

/** Runs a history in its own space. @returns what Kim receives */
async function live(
  history: Act[],
  withOther: boolean,
  archived: Archived,
  viewed: boolean,
): Promise<string> {
  const person: Record<Who, User> = {
    ava: await makeUser({ name: 'Ava Lind' }),
    ben: await makeUser({ name: 'Ben Kowalski' }),
    kim: await makeGuest({ name: 'Kim Park', mailAbout: 'all' }),
    hanako: await makeGuest({ name: 'Hanako Sato', mailAbout: 'all' }),
  };
  const room = await makeSpace(person.ava, {}, [person.ben]);
  for (const guest of [person.kim, person.hanako]) await joinSpace(person.ava, room, guest);
  // The same times in both runs.
  const { db } = testContext();
  await db
    .update(space)
    .set({ guestsHidden: true, createdAt: START - DAY })
    .where(eq(space.id, room));
  for (const [i, { id }] of Object.values(person).entries())
    await db
      .update(membership)
      .set({ joinedAt: START - DAY + i, lastReadAt: START - DAY + i })
      .where(and(eq(membership.spaceId, room), eq(membership.userId, id)));
  const { seq } = await spaces.overview(as(person.kim), room);

  /** By everybody, and by the other guest: threads, and comments with their threads. */
  const common = { threads: [] as number[], comments: [] as { id: number; thread: number; who: Who }[] };
  const others = { threads: [] as number[], comments: [] as { id: number; thread: number }[] };
  let now = START;
  const words = (n: number, file = false) => ({
    body: bodies[n]!,
    // No two alike, whose order would be that of their ids.
    files: file ? [new File(['x'.repeat((now - START) / MINUTE)], `crane-${n}-${now}.txt`)] : [],
    requestKey: randomId(),
  });

  const deliver = async (ahead = 0) => {
    const cron = testContext({ now: now + ahead });
    await notifications.mailDue(cron);
    await cron.settle();
  };
  /** Mails sent while guests saw each other may mention another. */
  const meanwhile = new Set<string>();
  const before = new Set<string>();
  let hidden = true;
  const hide = async (on: boolean) => {
    if (on === hidden) return;
    // Whatever waits: afterwards it would be mailed to other eyes.
    await deliver(10 * MINUTE);
    const mails = (await mailsTo(person.kim.email)).map(({ id }) => id);
    if (on) for (const id of mails) if (!before.has(id)) meanwhile.add(id);
    for (const id of mails) before.add(id);
    await db.update(space).set({ guestsHidden: on }).where(eq(space.id, room));
    hidden = on;
  };
  const perform = async (a: Act): Promise<void> => {
    const ctx = as(person[a.who], { now });
    const topic =
      'thread' in a ? common.threads.at(a.thread % Math.max(1, common.threads.length)) : undefined;
    const mine = a.who === 'hanako' ? others.comments.map((c) => ({ ...c, who: a.who })) : common.comments;
    const said =
      'comment' in a && a.comment !== null ? mine[a.comment % Math.max(1, mine.length)] : undefined;
    if (a.what === 'begin')
      (a.who === 'hanako' ? others : common).threads.push(
        await threads.begin(ctx, room, {
          title: titles[a.title]!,
          everybody: a.everybody,
          ...words(a.body, a.file),
        }),
      );
    else if (a.what === 'comment' && topic) {
      const id = await threads.addComment(ctx, room, topic, words(a.body, a.file));
      if (a.who === 'hanako') others.comments.push({ id, thread: topic });
      else common.comments.push({ id, thread: topic, who: a.who });
    } else if (a.what === 'answer-other' && others.threads[0])
      await threads.addComment(ctx, room, others.threads[0], words(a.body, a.file));
    else if (a.what === 'react' && topic)
      await threads.react(ctx, room, said?.thread ?? topic, said?.id ?? null, 'yes', a.on);
    else if (a.what === 'react-other' && others.comments[0])
      await threads.react(ctx, room, others.comments[0].thread, others.comments[0].id, 'yes', true);
    else if (a.what === 'edit' && said?.who === a.who) {
      const { editedAt } = await threads.source(ctx, room, said.thread, said.id);
      await threads.edit(ctx, room, said.thread, said.id, { body: bodies[a.body]!, editedAt });
    } else if (a.what === 'remove' && said?.who === a.who)
      await threads.removeComment(ctx, room, said.thread, said.id);
    else if (a.what === 'version-other' && others.comments[0]) {
      const { id, thread } = others.comments[0];
      const [one] = (await threads.source(ctx, room, thread, id)).files;
      if (one)
        await threads.replaceFile(ctx, room, one.id, {
          files: [new File(['crane'], 'crane.txt')],
          requestKey: randomId(),
        });
    } else if (a.what === 'remove-other' && others.comments[0])
      await threads.removeComment(ctx, room, others.comments[0].thread, others.comments[0].id);
    else if (a.what === 'pin' && topic) await threads.setPinned(ctx, room, topic, a.on);
    else if (a.what === 'close' && topic) await threads.setClosed(ctx, room, topic, a.on);
    else if (a.what === 'pin-other' && others.threads[0])
      await threads.setPinned(ctx, room, others.threads[0], true);
    else if (a.what === 'close-other' && others.threads[0])
      await threads.setClosed(ctx, room, others.threads[0], true);
    else if (a.what === 'read') await memberships.markRead(ctx, room, now);
    else if (a.what === 'follow' && topic) await threads.follow(ctx, room, topic, true);
    else if (a.what === 'hide') await hide(a.on);
    else if (a.what === 'leave')
      await memberships.removeGuest(as(person.ava, { now }), room, person.hanako.id);
    await ctx.settle();
  };
  // If guests saw each other when one left, another may know of it; hide them only afterwards.
  const leaves = history.findIndex((a) => a.what === 'leave');
  for (const [i, a] of history.entries()) {
    now += 2 * MINUTE;
    if (i === archived?.from) await archive.set(as(person.ava, { now }), room, true);
    else if (i === archived?.to) await archive.set(as(person.ava, { now }), room, false);
    if (i === leaves) await hide(true);
    if (a.what === 'hide' && leaves >= 0 && i > leaves) continue;
    if (isOthers(a) && !withOther) continue;
    // What is closed, gone or forbidden is refused in both runs, or for the other guest only in one.
    await perform(a).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
    });
  }
  // What was open for a while is hidden again.
  await hide(true);
  now += 30 * MINUTE;
  await deliver();

  // Not the invitation.
  const mails = (await mailsTo(person.kim.email)).filter(
    (mail) => !mail.text.includes('/signup/') && !meanwhile.has(mail.id),
  );
  if (viewed)
    await expectViewed(
      person.ava,
      person.kim,
      {
        room,
        threads: [...common.threads, ...others.threads],
        people: Object.values(person).map(({ id }) => id),
      },
      now,
    );
  const all = await received(as(person.kim, { now }), { room, seq, ...common, words: WORDS });
  return comparable({ all, mails }, Object.entries(person));
}

it('whatever another guest does, a guest receives the same', async () => {
  let lived = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 6, maxLength: 18 }),
      archivedAt,
      async (history, archived) => {
        if (!history.some(isOthers)) return;
        const viewed = lived++ % VIEWED_EVERY === 0;
        expectSame(await live(history, true, archived, viewed), await live(history, false, archived, false));
      },
    ),
    { seed: 20261126, numRuns: 14, endOnFailure: true, interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

it('what two guests wrote in is told to neither of them, once they are hidden from each other', async () => {
  const ben = await makeUser({ name: 'Ben' });
  const [anna, bruno] = [await makeGuest({ name: 'Anna' }), await makeGuest({ name: 'Bruno' })];
  const room = await makeSpace(ben);
  for (const guest of [anna, bruno]) await joinSpace(ben, room, guest);
  const words = (body: string) => ({ body, requestKey: randomId() });
  const topic = await threads.begin(as(anna), room, { title: 'Anna’s', ...words('') });
  const said = await threads.addComment(as(bruno), room, topic, words('Bruno’s'));
  const hide = (on: boolean) =>
    testContext().db.update(space).set({ guestsHidden: on }).where(eq(space.id, room));
  await hide(true);
  const { seq } = await spaces.overview(as(ben), room);
  await threads.react(as(ben), room, topic, said, 'yes', true);
  await threads.removeComment(as(ben), room, topic, said);
  for (const guest of [anna, bruno]) {
    expect(await changes.since(as(guest), room, seq)).toBeNull();
    expect((await spaces.overview(as(guest), room)).seq).not.toBe((await spaces.overview(as(ben), room)).seq);
  }
  expect((await changes.since(as(ben), room, seq))!.changes).toHaveLength(2);
  // Anna hears of what is hers.
  await threads.react(as(ben), room, topic, null, 'yes', true);
  expect((await changes.since(as(anna), room, seq))!.changes).toMatchObject([
    { kind: 'reaction', comment: null },
  ]);
  expect(await changes.since(as(bruno), room, seq)).toBeNull();
  await hide(false);
  expect((await changes.since(as(anna), room, seq))!.changes).toHaveLength(3);
});
