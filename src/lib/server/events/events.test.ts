import { describe, expectTypeOf, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { record, recordMany, recordRows } from '.';

type Recorded = Parameters<typeof record>[1];
type Many = Parameters<typeof recordMany>[1][number]['kind'];
type Rows = Parameters<typeof recordRows>[1];

const thread = { spaceId: 1, threadId: sql`1`, authors: [] };
const words = { text: { body: '', mentions: [] }, notify: { mentioned: [] } };

// `npm run check` fails if a line expects too much or too little.
describe('what an event needs follows from its kind', () => {
  it('a new text needs its words, its authors and whom it tells', () => {
    const created = { kind: 'space.thread-created' as const, ...thread };
    expectTypeOf({ ...created, ...words }).toExtend<Recorded>();
    expectTypeOf(created).not.toExtend<Recorded>();
    expectTypeOf({ ...created, text: words.text }).not.toExtend<Recorded>();
    expectTypeOf({ ...created, ...words, authors: undefined }).not.toExtend<Recorded>();
  });

  it('what concerns a comment needs the comment', () => {
    const deleted = { kind: 'space.comment-deleted' as const, ...thread };
    expectTypeOf({ ...deleted, commentId: 2 }).toExtend<Recorded>();
    expectTypeOf(deleted).not.toExtend<Recorded>();
    expectTypeOf({ ...deleted, commentId: null }).not.toExtend<Recorded>();
    expectTypeOf({
      kind: 'space.reaction-changed' as const,
      ...thread,
      commentId: null,
    }).toExtend<Recorded>();
  });

  it('an act that is no text tells nobody and changes no words', () => {
    const left = { kind: 'space.left' as const, subject: 'user:1', spaceId: 1 };
    expectTypeOf(left).toExtend<Recorded>();
    expectTypeOf({ ...left, ...words }).not.toExtend<Recorded>();
    expectTypeOf({ ...left, threadId: 1 }).not.toExtend<Recorded>();
  });

  it('what is not done to its space names its subject', () => {
    expectTypeOf({ kind: 'space.deleted' as const, spaceId: 1 }).toExtend<Recorded>();
    expectTypeOf({ kind: 'space.left' as const, spaceId: 1 }).not.toExtend<Recorded>();
    expectTypeOf({ kind: 'account.created' as const }).not.toExtend<Recorded>();
  });

  it('many at once are only events from which nothing but the audit follows', () => {
    expectTypeOf<'invitation.sent'>().toExtend<Many>();
    expectTypeOf<'invitation.expired'>().toExtend<Rows>();
    for (const _kinds of [expectTypeOf<Many>(), expectTypeOf<Rows>()]) {
      _kinds.extract<'space.changed'>().toBeNever();
      _kinds.extract<'space.thread-created'>().toBeNever();
      _kinds.extract<'account.locked'>().toBeNever();
    }
  });
});
