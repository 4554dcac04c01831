// The permission table, stated a second time.
import { expect, it } from 'vitest';
import type { SpaceRole } from '../src/lib/roles';
import type { Actor } from '../src/lib/server/context';
import { actions, allow, can, type Action, type Place } from '../src/lib/server/policy';
import { refusal } from './helpers';

const person = (kind: Actor['kind'], administrator: boolean, canCreateSpaces: boolean): Actor => ({
  id: 'x',
  kind,
  email: 'x@foyer.example',
  name: 'X',
  administrator,
  canCreateSpaces,
  locale: null,
  timeZone: null,
  browserTimeZone: null,
  avatar: null,
});

const people = {
  nobody: null,
  guest: person('guest', false, false),
  // Nothing writes such a row, and the table does not trust one.
  'guest with a forged row': person('guest', true, true),
  user: person('user', false, false),
  creator: person('user', false, true),
  administrator: person('user', true, false),
};
const at = (spaceRole: SpaceRole): Place => ({ spaceRole, archivedAt: null });
const spaceRoles: SpaceRole[] = ['none', 'guest', 'member', 'space-administrator'];

const inside: Action[] = ['space.view', 'space.write', 'space.leave', 'thread.follow'];
/** What a space administrator may do to texts of others: delete and close, never edit. */
const rules: Action[] = [
  'space.administer',
  'space.change',
  'space.leave-blocked',
  'text.delete',
  'text.open',
  'file.replace',
  'thread.close',
  'thread.pin',
];
/** What people may do to their own texts. */
const ofOwn: Action[] = ['text.edit', 'text.delete', 'file.replace', 'thread.close'];
/** Only people of the company write for it alone, make that visible, and see who has seen a post. */
const company: Action[] = ['text.confide', 'text.seen-by'];
const ofOwnCompany: Action[] = ['text.open'];
const allowed: Record<keyof typeof people, Record<SpaceRole, Action[]>> = {
  nobody: { none: [], guest: [], member: [], 'space-administrator': [] },
  guest: { none: [], guest: inside, member: inside, 'space-administrator': inside },
  'guest with a forged row': { none: [], guest: inside, member: inside, 'space-administrator': inside },
  user: {
    none: [],
    guest: [...inside, ...company],
    member: [...inside, ...company],
    'space-administrator': [...inside, ...company, ...rules],
  },
  creator: {
    none: ['space.create'],
    guest: ['space.create', ...inside, ...company],
    member: ['space.create', ...inside, ...company],
    'space-administrator': ['space.create', ...inside, ...company, ...rules],
  },
  // An administrator of the site has no special rights in a space.
  administrator: {
    none: ['site.administer', 'space.create'],
    guest: ['site.administer', 'space.create', ...inside, ...company],
    member: ['site.administer', 'space.create', ...inside, ...company],
    'space-administrator': ['site.administer', 'space.create', ...inside, ...company, ...rules],
  },
};

it('has the actions that are listed here', () => {
  expect([...actions].sort()).toEqual(
    [
      'site.administer',
      'space.administer',
      'space.change',
      'space.create',
      'space.leave',
      'space.leave-blocked',
      'space.view',
      'space.write',
      'text.confide',
      'text.delete',
      'text.edit',
      'text.open',
      'text.seen-by',
      'thread.close',
      'thread.follow',
      'thread.pin',
      'file.replace',
    ].sort(),
  );
});

for (const [who, actor] of Object.entries(people) as [keyof typeof people, Actor | null][])
  for (const spaceRole of spaceRoles)
    it(`${who}, ${spaceRole}: ${allowed[who][spaceRole].join(', ') || 'nothing'}`, () => {
      expect(actions.filter((action) => can(actor, action, at(spaceRole))).sort()).toEqual(
        [...allowed[who][spaceRole]].sort(),
      );
      for (const action of actions) {
        if (allowed[who][spaceRole].includes(action))
          expect(() => allow({ actor }, action, at(spaceRole))).not.toThrow();
        else
          expect(() => allow({ actor }, action, at(spaceRole))).toThrow(
            expect.objectContaining(refusal('forbidden')),
          );
      }
    });

for (const [who, actor] of Object.entries(people) as [keyof typeof people, Actor | null][])
  for (const spaceRole of spaceRoles)
    it(`${who}, ${spaceRole}: of the own words besides ${ofOwn.join(', ')}, but not from outside`, () => {
      const own = actor?.kind === 'user' ? [...ofOwn, ...ofOwnCompany] : ofOwn;
      const more = actor && spaceRole !== 'none' ? own : [];
      expect(actions.filter((action) => can(actor, action, at(spaceRole), true)).sort()).toEqual(
        [...new Set([...allowed[who][spaceRole], ...more])].sort(),
      );
    });

it('treats a missing spaceRole as none', () => {
  for (const actor of Object.values(people))
    for (const action of actions) expect(can(actor, action)).toBe(can(actor, action, at('none')));
});

it('leaves reading, going, following and taking access away in an archived space, and nothing that writes', () => {
  const stays: Action[] = [
    'site.administer',
    'space.administer',
    'space.create',
    'space.leave',
    'space.leave-blocked',
    'space.view',
    'text.seen-by',
    // A choice that goes with a write.
    'text.confide',
    'thread.follow',
  ];
  for (const actor of Object.values(people))
    for (const spaceRole of spaceRoles)
      for (const own of [false, true])
        for (const action of actions) {
          const archived = { spaceRole, archivedAt: 1 };
          const otherwise = can(actor, action, at(spaceRole), own);
          expect(can(actor, action, archived, own)).toBe(otherwise && stays.includes(action));
          if (otherwise && !stays.includes(action))
            expect(() => allow({ actor }, action, archived, own)).toThrow(
              expect.objectContaining(refusal('conflict', 'archive.refused')),
            );
        }
});
