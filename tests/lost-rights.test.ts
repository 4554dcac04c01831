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
import { as, meanwhile, testContext, type TestCtx, type User } from './contexts';
import { makeGuest, makeSpace, makeUser, someEmail, spaceForm } from './factories';
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
  await ctx.commit(memberships.join(ctx, spaceId, gil.id, ava.id));
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
  };
}

const text = () => ({ body: '- [ ] Thursday', requestKey: randomId() });
const edited = { title: 'Piers', body: 'Friday', editedAt: 0 };
const upload = { name: 'quay.jpg', body: jpeg, size: jpeg.length };

type Right = 'member' | 'administrator';
/** `needs`: the right without which it must not succeed. */
const rows: [verb: string, needs: Right, act: (ctx: TestCtx, at: House) => Promise<unknown>][] = [
  ['archive.ts set', 'administrator', (ctx, at) => archive.set(ctx, at.spaceId, true)],
  [
    'files/parts.ts beginUpload',
    'member',
    (ctx, at) =>
      files.beginUpload(ctx, at.spaceId, { name: 'x.mp4', size: 50_000_000, fingerprint: randomId() }),
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
) {
  const at = await house();
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

describe.each(rows)('%s, for which one must be %s,', (verb, needs, act) => {
  it('changes something', async () => {
    expect(await changes(act, async () => {})).toBe(true);
  });

  it('changes nothing once its author has been removed from the space', async () => {
    expect(await changes(act, (at) => memberships.removeMember(as(at.ava), at.spaceId, at.ben.id))).toBe(
      false,
    );
  });

  it(`changes ${needs === 'member' ? 'as much' : 'nothing'} once they no longer administer the space`, async () => {
    const demote = (at: House) => memberships.setAdministrator(as(at.ava), at.spaceId, at.ben.id, false);
    expect(await changes(act, demote)).toBe(needs === 'member');
  });

  it(`changes ${verb in stays ? 'as much' : 'nothing'} once the space is archived`, async () => {
    const told: unknown[] = [];
    const put = (at: House) => archive.set(as(at.ava), at.spaceId, true);
    expect(await changes(act, put, ({ detail }) => told.push(detail.key))).toBe(verb in stays);
    expect(told).toEqual(verb in stays || verb === 'archive.ts set' ? [] : ['archive.refused']);
  });

  it('changes nothing once the space is in the trash', async () => {
    expect(await changes(act, (at) => trash.putSpace(as(at.ava), at.spaceId, spaceForm.name))).toBe(false);
  });
});

describe('the rows above', () => {
  const sources = import.meta.glob('/src/lib/server/**/*.ts', {
    query: '?raw',
    import: 'default',
    eager: true,
  }) as Record<string, string>;
  /** The functions of lib/server, by file and name. */
  const functions = Object.entries(sources)
    .filter(([path]) => !path.endsWith('.test.ts'))
    .flatMap(([path, source]) => {
      const file = path.replace('/src/lib/server/', '');
      const parts = source.split(/\n(?=(?:export )?(?:async )?(?:function|const) \w)/).slice(1);
      return parts.map((code) => ({ name: `${file} ${/(?:function|const) (\w+)/.exec(code)![1]}`, code }));
    });
  /** The rights that a function asks for again in its commit. */
  const guardsOf = (code: string): Right[] => [
    ...(/\bstillMember\(ctx, /.test(code) ? (['member'] as const) : []),
    ...(/\b(?:stillAdministers\(ctx, |actorMayInvite\(ctx, (?!null))/.test(code)
      ? (['administrator'] as const)
      : []),
  ];

  it('are all the verbs that ask for a right again when they write', () => {
    const guarded = functions.flatMap(({ name, code }) => guardsOf(code).map((right) => `${name}: ${right}`));
    expect([...new Set(guarded)].sort()).toEqual(rows.map(([verb, needs]) => `${verb}: ${needs}`).sort());
  });

  it('are all the verbs that write something in a space, except those below', () => {
    const reasons: Record<string, string> = {
      'files/parts.ts completeUpload': 'whoever began it ends it; not once the space is archived',
      'files/parts.ts uploadPart': 'whoever began it goes on; not once the space is archived',
      'files/store.ts reserve': 'its caller passes the condition',
      'files/store.ts store': 'its caller passes the condition',
      'files/thumbnail.ts thumbnail': 'of an own upload that no text has yet; not once the space is archived',
      'invitations/join.ts join': 'the invitation decides',
      'invitations/users.ts inviteUser': 'invites into no space',
      'invitations/users.ts sendUserAgain': 'invites into no space',
      'memberships/members.ts commitUnlessLast': 'its callers pass the condition',
      'memberships/members.ts leave': 'the write ends the membership that it needs',
      'memberships/own.ts endGreeting': 'the write changes the membership that it needs',
      'memberships/own.ts markRead': 'the write changes the membership that it needs',
      'memberships/own.ts mute': 'the write changes the membership that it needs',
      'spaces/create.ts create': 'the space is new',
    };
    const unguarded = functions.filter(
      ({ code }) =>
        code.includes('ctx: SignedIn') &&
        /\bspaceId\b/.test(code) &&
        /\bcommit(?!ForSite)\w*\(/.test(code) &&
        guardsOf(code).length === 0,
    );
    expect(unguarded.map(({ name }) => name).sort()).toEqual(Object.keys(reasons));
  });
});
