/** The demo, made with the domain's own verbs. Local only, in an empty database. */
import { eq, sql } from 'drizzle-orm';
import { defaultOptions } from '../space-options';
import { DAY, MINUTE } from '../time';
import * as accounts from './accounts';
import { type Ctx, type SignedIn } from './context';
import { createContext, type Surroundings } from './context/create';
import { randomId } from './crypto';
import * as files from './files';
import * as invitations from './invitations';
import { Refusal } from './errors';
import { auditEntry, auditSeal, session, siteTables, space, spaceTables, user } from './schema';
import * as sessions from './sessions';
import * as settings from './settings';
import * as spaces from './spaces';
import * as threads from './threads';

const PASSWORD = 'foyer-demo-1';
export async function plant(ctx: Ctx, env: Surroundings['env']): Promise<void> {
  if (!ctx.config.local || !ctx.config.setupToken) throw new Refusal('missing');
  const site = await settings.read(ctx);
  if (site.seeded) return;
  if (site.setUp && !site.seeding) throw new Refusal('conflict');
  // Deletes what an interrupted run left, but the audit, which nobody can delete from. No other database has the mark `seeding`.
  if (site.seeding)
    await ctx.commit([
      ctx.db.run(sql`insert into search_entry (search_entry) values ('delete-all')`),
      ...[...spaceTables, ...siteTables]
        .filter((table) => table !== auditEntry && table !== auditSeal)
        .map((table) => ctx.db.delete(table)),
    ]);
  await ctx.commit([settings.put(ctx, 'seeding', true)]);
  ctx.settings = null;

  const before = (daysAgo: number): Ctx =>
    createContext({
      env,
      config: ctx.config,
      waitUntil: (work) => ctx.defer(() => work),
      now: ctx.now - daysAgo * DAY,
      timeZone: ctx.timeZone,
      ip: '127.0.0.1',
      userAgent: 'Foyer seed',
      changeLimit: null,
    });
  const as = async (email: string, daysAgo: number): Promise<SignedIn> => {
    const [row] = await ctx.db.select().from(user).where(eq(user.email, email));
    return Object.assign(before(daysAgo), { actor: sessions.actorOf(row!) });
  };

  await accounts.setUp(before(20), {
    token: ctx.config.setupToken,
    siteName: 'Foyer',
    companyName: 'Foyer Ltd',
    name: 'Ava Lind',
    email: 'ava@foyer.example',
    password: PASSWORD,
    preset: 'documented',
    emailVerified: true,
  });
  await colleague({ before, as }, 'ben@foyer.example', 'Ben Kowalski', true);
  await colleague({ before, as }, 'cho@foyer.example', 'Cho Yamada', false);

  const bridge = await harbourBridge(await as('ava@foyer.example', 16), ctx);
  await guestJoins({ before, as }, bridge, 12);
  await conversation({ before, as }, bridge);
  await invite(await as('ava@foyer.example', 9), bridge, 'hal@studio.example');
  await invite(await as('ava@foyer.example', 2), bridge, 'noor@partner.example');
  await invitations.expireOverdue(ctx);
  // They have signed in before, but have no open sessions.
  await ctx.commit([
    // What is older than a day was seen. The rest is mailed once cron runs.
    ctx.db.run(sql`
      update notification set read_at = created_at + ${10 * MINUTE}, mail_at = null where created_at < ${ctx.now - DAY}`),
    settings.put(ctx, 'seeded', true),
    settings.put(ctx, 'seeding', false),
    ctx.db.delete(session),
    // So the visitor's language applies.
    ctx.db.update(user).set({ locale: null }),
  ]);
}

interface Past {
  before(daysAgo: number): Ctx;
  as(email: string, daysAgo: number): Promise<SignedIn>;
}

async function colleague(past: Past, email: string, name: string, canCreateSpaces: boolean): Promise<void> {
  const ava = await past.as('ava@foyer.example', 19);
  await invitations.inviteUser(ava, { email, administrator: false, canCreateSpaces, locale: 'en' });
  const { rows: open } = await invitations.openOfUsers(ava);
  const mine = open.find((i) => i.email === email)!;
  await invitations.signUp(past.before(18), invitations.mailToken(ava, mine), {
    name,
    password: PASSWORD,
  });
}

async function harbourBridge(ava: SignedIn, ctx: Ctx): Promise<number> {
  const colleagues = await ctx.db.select({ id: user.id, email: user.email }).from(user);
  const idOf = (email: string) => colleagues.find((c) => c.email === email)!.id;
  const form = {
    name: 'Harbour Bridge',
    cover: 'harbour',
    ...defaultOptions,
  };
  const id = await spaces.create(
    ava,
    form,
    [
      { id: idOf('ben@foyer.example'), administrator: true },
      { id: idOf('cho@foyer.example'), administrator: false },
    ],
    randomId(),
  );
  const announcement =
    'Site visit on **3 December at 9:00**, gate B. Bring boots and your badge.\n\nThe north quay stays closed until the piles are in.';
  await spaces.change(ava, id, { ...form, announcement });
  await ava.commit([
    ava.db
      .update(space)
      .set({
        links: [
          { title: 'Drawings, revision D', url: 'https://drawings.example/harbour-bridge/rev-d' },
          { title: 'Tide tables', url: 'https://tides.example/north-quay' },
        ],
      })
      .where(eq(space.id, id)),
  ]);
  return id;
}

async function invite(ava: SignedIn, spaceId: number, address: string): Promise<void> {
  await invitations.inviteGuests(ava, spaceId, {
    addresses: address,
    subject: 'Join us in Harbour Bridge',
    message:
      'Hello,\n\nplease join our space for the bridge: drawings, dates and questions are all there.\n\nAva',
    locale: 'en',
  });
}

async function guestJoins(past: Past, spaceId: number, daysAgo: number): Promise<void> {
  const ava = await past.as('ava@foyer.example', daysAgo);
  await invite(ava, spaceId, 'gil@partner.example');
  const { rows } = await invitations.guestsTab(ava, spaceId);
  const ref = rows.find((r) => r.email === 'gil@partner.example')!.ref;
  const id = ref.slice('invitation:'.length);
  await invitations.signUp(past.before(daysAgo - 1), invitations.mailToken(ava, { id }), {
    name: 'Gil Ferreira',
    password: PASSWORD,
  });
  const gil = await past.as('gil@partner.example', daysAgo - 1);
  await accounts.changeProfile(gil, {
    name: 'Gil Ferreira',
    company: 'Partner Ltd',
    locale: null,
    timeZone: null,
  });
}

async function conversation(past: Past, spaceId: number): Promise<void> {
  const [ava, ben, gil] = ['ava@foyer.example', 'ben@foyer.example', 'gil@partner.example'] as const;
  const ids = { thread: 0, comment: 0 };
  type Said = [daysAgo: number, email: string, body: string];
  const write = async (title: string, body: string, from: [daysAgo: number, email: string], said: Said[]) => {
    const id = await threads.begin(await past.as(from[1], from[0]), spaceId, {
      id: ++ids.thread,
      title,
      body,
      requestKey: randomId(),
    });
    const comments: number[] = [];
    for (const [daysAgo, email, text] of said)
      comments.push(
        await threads.addComment(await past.as(email, daysAgo), spaceId, id, {
          id: ++ids.comment,
          body: text,
          requestKey: randomId(),
        }),
      );
    return { id, comments };
  };
  const minutes = await write(
    'Weekly minutes',
    'One comment a week, decisions in **bold**. If you were there, feel free to correct them here.',
    [10, ben],
    [
      [9, ben, 'Week 45: **pier 3 goes first.** The crane is booked for the 26th.'],
      [8.5, gil, 'Correction: the crane needs two days’ notice, so we have to confirm by the 23rd.'],
      [2, ben, 'Week 46: **crane confirmed.** Open: who closes the north quay?'],
    ],
  );
  await threads.setPinned(await past.as(ava, 9), spaceId, minutes.id, true);
  await threads.react(await past.as(ben, 8), spaceId, minutes.id, minutes.comments[1]!, 'yes', true);
  await write(
    'Drawings, revision D',
    'Revision D replaces sheets 12 and 14. Please work from these only:\n\n- sheet 12: handrail, now 1.1 m\n- sheet 14: drainage',
    [6, ava],
    [[5, gil, 'Thank you. Does the handrail change touch the lamp posts on sheet 17?']],
  );
  const piles = await write(
    'Piles for pier 3',
    'The piles arrive **Thursday**. Can we unload from the north side?',
    [1.5, gil],
    [[1.2, ava, '@Gil Ferreira, the north side is fine until 14:00. After that the ferry needs the quay.']],
  );
  await threads.react(await past.as(gil, 1), spaceId, piles.id, piles.comments[0]!, 'yes', true);
  const plan = new TextEncoder().encode(
    'Unloading, pier 3\n\n07:30  two trucks at gate B\n08:00  crane ready, north side\n13:30  quay clear for the ferry\n',
  );
  const last = await past.as(gil, 0.2);
  const file = await files.upload(last, spaceId, {
    kind: 'attachment',
    name: 'Unloading plan.txt',
    body: plan,
    size: plan.length,
  });
  await threads.addComment(last, spaceId, piles.id, {
    id: ++ids.comment,
    body: 'Good, we’ll be there at 7:30 with two trucks. The plan is attached.',
    requestKey: randomId(),
    fileIds: [file.id],
  });
}
