/** The first threads of a new space: the template's, or one without a title. For the batch that creates it. */
import { sql, type SQL } from 'drizzle-orm';
import { limits } from '../../schemas';
import { characters } from '../../text';
import type { Statement, SignedIn } from '../context';
import { record } from '../events';
import { newId } from './id';
import type { TemplateContent } from '../schema';

/** Settings come with the form. */
export type Starter = Pick<TemplateContent, 'announcement' | 'threads' | 'links'>;

export const nothing: Starter = { announcement: '', threads: [], links: [] };

/** For a space without several threads. What does not fit is left out. */
function asOne(threads: Starter['threads']): string {
  let text = '';
  for (const { title, body } of threads) {
    const part = [title && `## ${title}`, body].filter(Boolean).join('\n\n');
    const more = text ? `${text}\n\n${part}` : part;
    if (characters(more) <= limits.body) text = more;
  }
  return text;
}

/** Written by the creator. The first thread gets the latest activity, so the list keeps the template's order. */
export function begin(
  ctx: SignedIn,
  spaceId: SQL,
  key: string,
  severalThreads: boolean,
  threads: Starter['threads'],
): Statement[] {
  // The space's only thread needs no name.
  const begun = severalThreads ? threads : [{ title: '', body: asOne(threads) }];
  if (begun.length === 0) return [];
  const actor = ctx.actor.id;
  return [
    ctx.db.run(sql`
      insert into thread (id, space_id, title, body, author_id, last_activity_at, public_activity_at,
        staff_activity_at, request_key, created_at)
      select ${newId('thread', ctx.now, sql`b.key`)}, ${spaceId}, json_extract(b.value, '$.title'), json_extract(b.value, '$.body'), ${actor},
        ${ctx.now} - b.key, ${ctx.now} - b.key, ${ctx.now} - b.key, ${key} || ':' || b.key, ${ctx.now}
      from json_each(${JSON.stringify(begun)}) b order by b.key`),
    ctx.db.run(sql`
      insert into thread_person (space_id, thread_id, user_id, following, read_at, seen_at)
      select space_id, id, ${actor}, 1, ${ctx.now}, ${ctx.now} from thread where space_id = ${spaceId}`),
    ...begun.flatMap(({ title, body }, i) =>
      record(ctx, {
        kind: 'space.thread-created',
        spaceId,
        threadId: sql`(select id from thread where request_key = ${`${key}:${i}`})`,
        authors: [{ authorId: actor, authorKind: 'user' }],
        detail: { title },
        text: { title, body, mentions: [] },
        notify: null,
      }),
    ),
  ];
}
