// If a right ends between a verb's read and its write, nothing changes (docs: architecture rule 4).
import { describe, expect, it } from 'vitest';
import { randomId } from '../src/lib/server/crypto';
import * as archive from '../src/lib/server/archive';
import { Refusal } from '../src/lib/server/errors';
import * as files from '../src/lib/server/files';
import * as invitations from '../src/lib/server/invitations';
import * as memberships from '../src/lib/server/memberships';
import * as templates from '../src/lib/server/space-templates';
import * as spaces from '../src/lib/server/spaces';
import * as threads from '../src/lib/server/threads';
import * as trash from '../src/lib/server/trash';
import { as, bindings, meanwhile, testContext, type TestCtx, type User } from './contexts';
import { makeGuest, makeSpace, makeUser, someEmail, spaceForm } from './factories';
import { PART_SIZE } from '../src/lib/files';
import { dump } from './helpers';
import { invitationOf, inviteForm, joinSpace } from './invitations';
import { jpeg } from './pictures';

/** Ben acts. He and Ava both administer the space, and each has written something. */
interface House {
  ava: User;
  ben: User;
  cho: User;
  gil: User;
  stranger: User;
  spaceId: number;
  avas: { thread: number; comment: number; file: string; inner: number; seen: string; boxes: string };
  bens: { thread: number; comment: number; file: string; inner: number; seen: string; boxes: string };
  invitation: string;
  /** Of a guest who was removed and asks to come back. */
  asked: string;
  /** Ben's, unused. */
  uploaded: string;
  /** Ben's, in parts. */
  arriving: string;
}

async function house(): Promise<House> {
  const [ava, ben, cho, gil, stranger] = [
    await makeUser(),
    await makeUser(),
    await makeUser(),
    await makeGuest(),
    await makeUser(),
  ];
  const spaceId = await makeSpace(ava, {}, [ben, cho]);
  await memberships.setAdministrator(as(ava), spaceId, ben.id, true);
  const ctx = as(ava);
  await ctx.commit(memberships.join(ctx, spaceId, gil.id, { invitedBy: ava.id }));
  const invited = someEmail('invited');
  await invitations.inviteGuests(ctx, spaceId, { ...inviteForm, addresses: invited });
  const uploaded = async (who: User) =>
    (await files.upload(as(who), spaceId, { kind: 'attachment', ...upload })).id;
  const wrote = async (who: User) => {
    const thread = await threads.begin(as(who), spaceId, { title: 'Piles', ...text() });
    const inner = await threads.begin(as(who), spaceId, { title: 'Berth', audience: 'company', ...text() });
    const { seen } = (await threads.opening(as(who), spaceId, inner, null))!;
    const comment = await threads.addComment(as(who), spaceId, thread, {
      ...text(),
      fileIds: [await uploaded(who)],
    });
    const [file] = (await threads.source(as(who), spaceId, thread, comment)).files;
    const boxes = (await threads.read(as(who), spaceId, thread)).comments[0]!.ticking!;
    return { thread, comment, file: file!.id, inner, seen, boxes };
  };
  const [avas, bens] = [await wrote(ava), await wrote(ben)];
  const { id: invitation } = await invitationOf(invited, spaceId);
  const gone = await makeGuest();
  await joinSpace(ava, spaceId, gone);
  await memberships.removeGuest(as(ava), spaceId, gone.id);
  const asked = await invitationOf(gone.email, spaceId);
  await invitations.askAgain(testContext(), invitations.mailToken(testContext(), asked));
  return {
    ...{ ava, ben, cho, gil, stranger, spaceId, avas, bens, invitation },
    asked: asked.id,
    uploaded: await uploaded(ben),
    arriving: '',
  };
}

const text = () => ({ body: '- [ ] Thursday', requestKey: randomId() });
const edited = { title: 'Piers', body: 'Friday', editedAt: 0 };
const upload = { name: 'quay.jpg', body: jpeg, size: jpeg.length };

const PARTS = 2 * PART_SIZE + 5_000_000;
async function beginParts(at: House): Promise<void> {
  const given = { name: 'x.mp4', size: PARTS, fingerprint: randomId() };
  at.arriving = (await files.beginUpload(as(at.ben), at.spaceId, given)).id;
}
const putPart = (ctx: TestCtx, at: House, number: number) => {
  const body = new Uint8Array(number < 3 ? PART_SIZE : 5_000_000).fill(number);
  return files.uploadPart(ctx, at.arriving, number, { body, size: body.length });
};

/** Gil's access ends then. */
const ends = (at: House, when: number) =>
  bindings.DB.prepare('update membership set ends_at = ? where space_id = ? and user_id = ?')
    .bind(when, at.spaceId, at.gil.id)
    .run();
/** And Gil has asked for more time. */
async function endsSoon(at: House): Promise<void> {
  await ends(at, Date.now() + 60_000);
  await memberships.askRenewal(as(at.gil), at.spaceId);
}

/** Ben, so that he needs not run the space. */
const answersForGil = (at: House) =>
  memberships.changeTerms(as(at.ava), at.spaceId, `guest:${at.gil.id}`, {
    sponsor: at.ben.email,
    accessEnds: '',
  });

type Right = 'member' | 'administrator';
/** `needs`: the right without which it must not succeed. */
const rows: [
  verb: string,
  needs: Right,
  act: (ctx: TestCtx, at: House) => Promise<unknown>,
  /** What else it needs. */
  before?: (at: House) => Promise<unknown>,
][] = [
  ['archive.ts set', 'administrator', (ctx, at) => archive.set(ctx, at.spaceId, true)],
  [
    'files/parts.ts beginUpload',
    'member',
    (ctx, at) =>
      files.beginUpload(ctx, at.spaceId, { name: 'x.mp4', size: 50_000_000, fingerprint: randomId() }),
  ],
  ['files/parts.ts uploadPart', 'member', (ctx, at) => putPart(ctx, at, 1), beginParts],
  [
    'files/parts.ts completeUpload',
    'member',
    (ctx, at) => files.completeUpload(ctx, at.arriving),
    async (at) => {
      await beginParts(at);
      for (const number of [1, 2, 3]) await putPart(as(at.ben), at, number);
    },
  ],
  [
    'files/thumbnail.ts thumbnail',
    'member',
    (ctx, at) => files.thumbnail(ctx, at.uploaded, { body: jpeg, size: jpeg.length }),
  ],
  [
    'files/upload.ts upload',
    'member',
    (ctx, at) => files.upload(ctx, at.spaceId, { kind: 'attachment', ...upload }),
  ],
  [
    'files/upload.ts upload',
    'administrator',
    (ctx, at) => files.upload(ctx, at.spaceId, { kind: 'cover', ...upload }),
  ],
  [
    'invitations/askers.ts dismissAsker',
    'administrator',
    (ctx, at) => invitations.dismissAsker(ctx, at.spaceId, at.asked),
  ],
  [
    'invitations/manage.ts cancel',
    'administrator',
    (ctx, at) => invitations.cancel(ctx, at.spaceId, at.invitation),
  ],
  [
    'invitations/manage.ts copyLink',
    'administrator',
    (ctx, at) => invitations.copyLink(ctx, at.spaceId, at.invitation),
  ],
  [
    'invitations/send.ts send',
    'administrator',
    (ctx, at) => invitations.inviteGuests(ctx, at.spaceId, { ...inviteForm, addresses: someEmail() }),
  ],
  [
    'memberships/terms.ts changeTerms',
    'administrator',
    (ctx, at) =>
      memberships.changeTerms(ctx, at.spaceId, `guest:${at.gil.id}`, { sponsor: '', accessEnds: '' }),
  ],
  [
    'memberships/renewal.ts extend',
    'member',
    (ctx, at) => memberships.extend(ctx, at.spaceId, at.gil.id, '2034-05-06'),
    answersForGil,
  ],
  [
    'memberships/renewal.ts declineRenewal',
    'member',
    (ctx, at) => memberships.declineRenewal(ctx, at.spaceId, at.gil.id),
    async (at) => {
      await answersForGil(at);
      await endsSoon(at);
    },
  ],
  [
    'memberships/renewal.ts forgetEnded',
    'administrator',
    (ctx, at) => memberships.forgetEnded(ctx, at.spaceId, at.gil.id),
    async (at) => {
      await ends(at, 1);
      await memberships.endOverdue(testContext());
    },
  ],
  [
    'memberships/guests.ts removeGuest',
    'administrator',
    (ctx, at) => memberships.removeGuest(ctx, at.spaceId, at.gil.id),
  ],
  [
    'memberships/members.ts addMember',
    'administrator',
    (ctx, at) => memberships.addMember(ctx, at.spaceId, at.stranger.id, false),
  ],
  [
    'memberships/members.ts removeMember',
    'administrator',
    (ctx, at) => memberships.removeMember(ctx, at.spaceId, at.cho.id),
  ],
  [
    'memberships/members.ts setAdministrator',
    'administrator',
    (ctx, at) => memberships.setAdministrator(ctx, at.spaceId, at.cho.id, true),
  ],
  [
    'space-templates/write.ts insert',
    'administrator',
    (ctx, at) => templates.fromSpace(ctx, at.spaceId, { name: randomId(), description: '' }),
  ],
  [
    'spaces/settings.ts change',
    'administrator',
    (ctx, at) => spaces.change(ctx, at.spaceId, { ...spaceForm, announcement: 'Friday' }),
  ],
  [
    'threads/edit.ts edit',
    'member',
    (ctx, at) => threads.edit(ctx, at.spaceId, at.bens.thread, at.bens.comment, edited),
  ],
  [
    'threads/manage.ts setClosed',
    'member',
    (ctx, at) => threads.setClosed(ctx, at.spaceId, at.bens.thread, true),
  ],
  [
    'threads/manage.ts setClosed',
    'administrator',
    (ctx, at) => threads.setClosed(ctx, at.spaceId, at.avas.thread, true),
  ],
  ['threads/manage.ts follow', 'member', (ctx, at) => threads.follow(ctx, at.spaceId, at.avas.thread, true)],
  [
    'threads/manage.ts markRead',
    'member',
    (ctx, at) => threads.markRead(ctx, at.spaceId, at.avas.thread, ctx.now),
  ],
  [
    'threads/manage.ts setPinned',
    'administrator',
    (ctx, at) => threads.setPinned(ctx, at.spaceId, at.bens.thread, true),
  ],
  [
    'threads/reactions.ts react',
    'member',
    (ctx, at) => threads.react(ctx, at.spaceId, at.avas.thread, null, 'yes', true),
  ],
  [
    'threads/open.ts open',
    'member',
    (ctx, at) => threads.open(ctx, at.spaceId, at.bens.inner, null, at.bens.seen),
  ],
  [
    'threads/open.ts open',
    'administrator',
    (ctx, at) => threads.open(ctx, at.spaceId, at.avas.inner, null, at.avas.seen),
  ],
  ['threads/remove.ts remove', 'member', (ctx, at) => threads.remove(ctx, at.spaceId, at.bens.thread)],
  ['threads/remove.ts remove', 'administrator', (ctx, at) => threads.remove(ctx, at.spaceId, at.avas.thread)],
  [
    'threads/remove.ts removeComment',
    'member',
    (ctx, at) => threads.removeComment(ctx, at.spaceId, at.bens.thread, at.bens.comment),
  ],
  [
    'threads/remove.ts removeComment',
    'administrator',
    (ctx, at) => threads.removeComment(ctx, at.spaceId, at.avas.thread, at.avas.comment),
  ],
  [
    'threads/replace-file.ts replaceFile',
    'member',
    (ctx, at) =>
      threads.replaceFile(ctx, at.spaceId, at.bens.file, { fileIds: [at.uploaded], requestKey: randomId() }),
  ],
  [
    'threads/replace-file.ts replaceFile',
    'administrator',
    (ctx, at) =>
      threads.replaceFile(ctx, at.spaceId, at.avas.file, { fileIds: [at.uploaded], requestKey: randomId() }),
  ],
  [
    'threads/tasks.ts tryToTick',
    'member',
    (ctx, at) =>
      threads.tick(ctx, at.spaceId, at.bens.thread, at.bens.comment, {
        ...{ task: 0, done: true, seen: at.bens.boxes },
      }),
  ],
  [
    'threads/write.ts addComment',
    'member',
    (ctx, at) => threads.addComment(ctx, at.spaceId, at.avas.thread, text()),
  ],
  [
    'threads/write.ts begin',
    'member',
    (ctx, at) => threads.begin(ctx, at.spaceId, { title: 'Piers', ...text() }),
  ],
  ['trash.ts putSpace', 'administrator', (ctx, at) => trash.putSpace(ctx, at.spaceId, spaceForm.name)],
];

/** What is allowed in an archived space, and why. Any other verb, also a new one, is refused. */
const stays: Record<string, string> = {
  'memberships/renewal.ts declineRenewal': 'takes a request off the list, and gives nothing',
  'memberships/renewal.ts forgetEnded': 'only tidies the list of guests',
  'invitations/askers.ts dismissAsker': 'only tidies a list of the administrators',
  'invitations/manage.ts cancel': 'takes access away',
  'memberships/guests.ts removeGuest': 'takes access away',
  'memberships/members.ts removeMember': 'takes access away',
  'space-templates/write.ts insert': 'only reads the space',
  'threads/manage.ts follow': 'is about oneself',
  'threads/manage.ts markRead': 'is about oneself',
  'trash.ts putSpace': 'ends the space',
};

/** Whether the act still changes the database after something happens in between. @param told hears how it was refused */
async function changes(
  act: (typeof rows)[number][2],
  happens: (at: House) => Promise<unknown>,
  told: (refusal: Refusal) => void = () => {},
  prepare?: (typeof rows)[number][3],
) {
  const at = await house();
  await prepare?.(at);
  let before: unknown;
  const ctx = meanwhile(as(at.ben), async () => {
    await happens(at);
    before = await dump();
  });
  await act(ctx, at).catch((error: Error) => {
    if (!(error instanceof Refusal)) throw error;
    told(error);
  });
  expect(before, 'it has come to its commit').toBeDefined();
  return JSON.stringify(await dump()) !== JSON.stringify(before);
}

describe.each(rows)('%s, for which one must be %s,', (verb, needs, act, prepare) => {
  const ignored = () => {};
  it('changes something', async () => {
    expect(await changes(act, async () => {}, ignored, prepare)).toBe(true);
  });

  it('changes nothing once its author has been removed from the space', async () => {
    const removed = (at: House) => memberships.removeMember(as(at.ava), at.spaceId, at.ben.id);
    expect(await changes(act, removed, ignored, prepare)).toBe(false);
  });

  it(`changes ${needs === 'member' ? 'as much' : 'nothing'} once they no longer administer the space`, async () => {
    const demote = (at: House) => memberships.setAdministrator(as(at.ava), at.spaceId, at.ben.id, false);
    expect(await changes(act, demote, ignored, prepare)).toBe(needs === 'member');
  });

  it(`changes ${verb in stays ? 'as much' : 'nothing'} once the space is archived`, async () => {
    const told: unknown[] = [];
    const put = (at: House) => archive.set(as(at.ava), at.spaceId, true);
    expect(await changes(act, put, ({ detail }) => told.push(detail.key), prepare)).toBe(verb in stays);
    expect(told).toEqual(verb in stays || verb === 'archive.ts set' ? [] : ['archive.refused']);
  });

  it('changes nothing once the space is in the trash', async () => {
    const put = (at: House) => trash.putSpace(as(at.ava), at.spaceId, spaceForm.name);
    expect(await changes(act, put, ignored, prepare)).toBe(false);
  });
});

/** What writes and stands in no table of races, and why not. */
const why: Record<string, string[]> = {
  'about oneself: the session decides': [
    'accounts/address/ask.ts askAddress',
    'accounts/address/ask.ts cancelAddress',
    'accounts/address/ask.ts resendAddress',
    'accounts/avatar.ts removeAvatar',
    'accounts/avatar.ts setAvatar',
    'accounts/erase/index.ts eraseSelf',
    'accounts/notifications.ts setNotifications',
    'accounts/password.ts changePassword',
    'accounts/profile.ts changeProfile',
    'accounts/profile.ts endSessions',
    'accounts/profile.ts endTrust',
    'accounts/profile.ts learnZone',
    'accounts/profile.ts setCompany',
    'memberships/renewal.ts askRenewal',
    'notifications/portal.ts markRead',
    'notifications/portal.ts setLater',
    'presence.ts choose',
    'terms/accept.ts accept',
  ],
  'the way in: a password, a code or a link decides, in its own batch': [
    'accounts/address/confirm.ts confirmAddress',
    'accounts/login.ts enter',
    'accounts/login.ts login',
    'accounts/login.ts signOut',
    'accounts/notifications.ts unsubscribe',
    'accounts/reset.ts askReset',
    'accounts/reset.ts reset',
    'accounts/set-up.ts setUpFirst',
    'invitations/ask-again.ts askAgain',
    'invitations/decline.ts decline',
    'invitations/join.ts join',
    'invitations/sign-up.ts createAccount',
    'verification/begin.ts begin',
    'verification/begin.ts sendAgain',
    'verification/check.ts check',
    'verification/check.ts mailed',
  ],
  'only counts tries, or posts': [
    'accounts/login.ts checkPassword',
    'accounts/proof.ts proved',
    'rate-limit/attempt.ts decide',
    'rate-limit/post.ts isRepeated',
  ],
  'nobody acts: cron, delivery, the demo': [
    'overview/count.ts step',
    'accounts/erase/go-on.ts end',
    'accounts/erase/go-on.ts eraseMore',
    'accounts/erase/go-on.ts replayed',
    'accounts/erase/go-on.ts write',
    'audit-log/chain.ts remade',
    'audit-log/chain.ts sealNewer',
    'audit-log/retention.ts removeOld',
    'cron.ts run',
    'files/purge.ts purge',
    'files/purge.ts remove',
    'folded.ts foldDue',
    'invitations/expire.ts expireOverdue',
    'memberships/ending.ts endOverdue',
    'memberships/ending.ts remindOfEnd',
    'mail-log/reports.ts apply',
    'mail-log/reports.ts cameBack',
    'mail-log/reports.ts keyOf',
    'mail/outbox/cron.ts purge',
    'mail/outbox/deliver.ts deliver',
    'mail/outbox/deliver.ts finish',
    'mail/outbox/deliver.ts retryLater',
    'notifications/mailing.ts writeMails',
    'search/entries.ts rebuildPiece',
    'seed.ts harbourBridge',
    'seed.ts plant',
    'trash.ts purge',
    'trash.ts purgePiece',
  ],
  'only the audit entry of a read': [
    'accounts/data/export.ts exported',
    'audit-log/export.ts exported',
    'guests/export.ts exported',
    'space-templates/transfer.ts exportFile',
  ],
  'its callers pass the condition': [
    'accounts/on-behalf.ts sendReset',
    'administrators.ts putInCharge',
    'files/store.ts reserve',
    'files/store.ts store',
    'guests/many/run.ts settle',
    'memberships/members.ts commitUnlessLast',
    'threads/manage.ts commit',
  ],
  'of an own upload: what it was begun with is asked where it goes on': [
    'files/parts.ts cancelUpload',
    'files/parts.ts join',
  ],
  'the write changes the membership that it needs': [
    'memberships/members.ts leave',
    'memberships/own.ts endGreeting',
    'memberships/own.ts markRead',
    'memberships/own.ts mute',
  ],
  'the right to create spaces: below': ['spaces/create.ts create'],
  'makes contexts': ['context/create.ts createContext'],
};
/** For the site, and tried there by what calls them. */
const through: Record<string, string> = {
  'access/administration.ts commitForSite': 'setPermissions',
  'invitations/users.ts sendUserAgain': 'resend',
  // Takes nothing but the context.
  'mail-log/send-again.ts sendAllAgain': 'sendAgain',
  'space-templates/write.ts insert': 'importFile',
};

describe('whoever may create no spaces any more', () => {
  const acts: Record<string, (ctx: TestCtx) => Promise<unknown>> = {
    'creates none': (ctx) => spaces.create(ctx, { ...spaceForm, name: 'Late' }, [], randomId()),
    'uploads no cover for one': (ctx) => files.uploadCover(ctx, upload),
  };
  it.each(Object.entries(acts))('%s', async (_name, act) => {
    for (const change of ['can_create_spaces = 0', `status = 'inactive'`, `kind = 'guest'`]) {
      const who = await makeUser();
      let before: unknown;
      const ctx = meanwhile(as(who), async () => {
        await ctx.db.run(`update user set ${change} where id = '${who.id}'`);
        before = await dump();
      });
      await expect(act(ctx)).rejects.toMatchObject({ name: 'Refusal' });
      expect(await dump()).toEqual(before);
    }
    await act(as(await makeUser()));
  });
});

describe('the rows above', () => {
  const raw = import.meta.glob('/src/lib/server/**/*.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  }) as Record<string, string>;
  /** The functions of lib/server, by file and name. */
  const functions = Object.entries(raw)
    // The condition itself is no verb.
    .filter(([path]) => !path.endsWith('.test.ts') && !path.endsWith('/files/may.ts'))
    .flatMap(([path, source]) => {
      const file = path.replace('/src/lib/server/', '');
      const parts = source.split(/\n(?=(?:export )?(?:async )?(?:function|const) \w)/).slice(1);
      return parts.map((code) => ({ name: `${file} ${/(?:function|const) (\w+)/.exec(code)![1]}`, code }));
    });
  /** The rights in a space that a function asks for again in its commit. */
  const guardsOf = (code: string): Right[] => [
    ...(/\bstillMember\(ctx, |\bstillPuts\(ctx, (?:row\b|\{ kind(?:: 'attachment')?, )/.test(code)
      ? (['member'] as const)
      : []),
    ...(/\b(?:stillAdministers\(ctx, |stillPuts\(ctx, \{ kind, |actorMayInvite\(ctx, (?!null))/.test(code)
      ? (['administrator'] as const)
      : []),
  ];
  const isWriting = (code: string) =>
    /\bcommit\w*\(|\.batch\(|\bawait ctx\.db\s*\.(?:insert|update|delete|run)\b/.test(code);
  const verbs = functions.filter(({ code }) => isWriting(code));

  it('are all the verbs that ask for a right in a space again when they write', () => {
    const guarded = functions.flatMap(({ name, code }) => guardsOf(code).map((right) => `${name}: ${right}`));
    expect([...new Set(guarded)].sort()).toEqual(rows.map(([verb, needs]) => `${verb}: ${needs}`).sort());
  });

  it('with those of the site in administrators.test.ts are all that write, except those below', () => {
    const ofSite = (code: string) =>
      /\b(?:commitForSite\(|stillAdministersSite\(ctx|actorMayInvite\(ctx, null)/.test(code);
    const tried = raw['/src/lib/server/administrators.test.ts']!;
    const untried = verbs.filter(
      ({ name, code }) =>
        code.startsWith('export') &&
        ofSite(code) &&
        !tried.includes(`${through[name] ?? name.split(' ')[1]}(ctx, `),
    );
    expect(untried.map(({ name }) => name)).toEqual([]);
    const others = verbs.filter(
      ({ code }) => guardsOf(code).length === 0 && !(code.startsWith('export') && ofSite(code)),
    );
    expect(others.map(({ name }) => name).sort()).toEqual(Object.values(why).flat().sort());
  });
});
