import { sql, type SQL } from 'drizzle-orm';
import { readerOf, seesGuests, visibleTo } from '../access';
import { changed, must, type SignedIn, type Statement } from '../context';
import { Refusal } from '../errors';
import { excerpt } from '../markdown';
import { bodyFor, titleFor } from '../mentions/redaction';
import type { Mention } from '../schema';
import { hrefOf, ownWords } from './words';

export type Shown = 'me' | 'all' | 'later';

const MOST_COUNTED = 100;

/** SQL: what the reader may see now, whatever they were notified of. */
const visible = (ctx: SignedIn): SQL => sql`
  from notification n
    join membership m on m.space_id = n.space_id and m.user_id = n.user_id
    join space s on s.id = n.space_id and s.deleted_at is null
    join user a on a.id = n.actor_id
    join thread t on t.id = n.thread_id
    join user w on w.id = t.author_id
    left join comment c on c.id = n.comment_id
  where n.user_id = ${ctx.actor.id}
    and ${visibleTo(ctx.actor, { space: 's' }, { text: 't', author: 'w' }, { text: 'c', author: 'a' })}`;

const only: Record<Shown, SQL> = {
  me: sql`and n.kind = 'mention'`,
  all: sql``,
  later: sql`and n.later = 1`,
};

interface Row {
  id: number;
  kind: 'mention' | 'comment' | 'thread';
  createdAt: number;
  readAt: number | null;
  later: number;
  spaceId: number;
  space: string;
  threadId: number;
  commentId: number | null;
  thread: string;
  actor: string;
  actorKind: string;
  company: string;
  text: string;
  mentions: string;
  threadMentions: string;
  threadAuthorId: string;
  authorId: string;
  seesGuests: number;
}

export async function list(
  ctx: SignedIn,
  { show, before = null, limit = 30 }: { show: Shown; before?: number | null; limit?: number },
) {
  const rows = await ctx.db.all<Row>(sql`
    select n.id, n.kind, n.created_at "createdAt", n.read_at "readAt", n.later,
      s.id "spaceId", s.name "space", t.id "threadId", t.title "thread", n.comment_id "commentId",
      a.name "actor", a.kind "actorKind", a.company "company", substr(iif(n.comment_id is null, t.body, c.body), 1, 1000) "text",
      iif(n.comment_id is null, t.mentions, c.mentions) "mentions", t.mentions "threadMentions", t.author_id "threadAuthorId",
      iif(n.comment_id is null, t.author_id, c.author_id) "authorId",
      ${seesGuests(ctx.actor, { space: 's' })} "seesGuests"
    ${visible(ctx)} ${only[show]} ${before === null ? sql`` : sql`and n.id < ${before}`}
    order by n.id desc limit ${limit + 1}`);
  const page = rows.slice(0, limit);
  const parsed = (mentions: string | null) => JSON.parse(mentions ?? '[]') as Mention[];
  return {
    items: page.map((row) => {
      const { actorKind, readAt, later, text, mentions, spaceId, threadId, commentId } = row;
      const { id, kind, createdAt, space, actor, company, authorId } = row;
      return {
        ...{ id, kind, createdAt, space, actor, company },
        thread: titleFor(readerOf(ctx.actor.id, row.seesGuests), {
          title: row.thread,
          mentions: parsed(row.threadMentions),
          authorId: row.threadAuthorId,
        }),
        href: hrefOf(spaceId, threadId, commentId),
        guest: actorKind === 'guest',
        excerpt: excerpt(
          ownWords(
            bodyFor(readerOf(ctx.actor.id, row.seesGuests), {
              body: text,
              mentions: parsed(mentions),
              authorId,
            }),
          ),
          140,
        ),
        read: readAt !== null,
        later: later === 1,
      };
    }),
    next: rows.length > limit ? page.at(-1)!.id : null,
  };
}

export async function countUnread(ctx: SignedIn): Promise<number> {
  const [row] = await ctx.db.all<{ n: number }>(sql`
    select count(*) n from (select 1 ${visible(ctx)} and n.read_at is null limit ${MOST_COUNTED})`);
  return row?.n ?? 0;
}

/** @param until when the page was made */
export const readThread = (ctx: SignedIn, threadId: number, until = ctx.now): Statement =>
  ctx.db.run(sql`
    update notification set read_at = ${ctx.now}
    where user_id = ${ctx.actor.id} and thread_id = ${threadId} and read_at is null and created_at <= ${until}`);

/** @param upTo the newest id on the page: later ones stay unread */
export async function markRead(
  ctx: SignedIn,
  which: number[] | 'all',
  show: Shown = 'all',
  upTo: number | null = null,
): Promise<void> {
  const those =
    which === 'all'
      ? sql`${only[show]} ${upTo === null ? sql`` : sql`and n.id <= ${upTo}`}`
      : sql`and n.id in (select value from json_each(${JSON.stringify(which)}))`;
  await ctx.commit([
    ctx.db.run(sql`
      update notification as n set read_at = ${ctx.now}
      where n.user_id = ${ctx.actor.id} and n.read_at is null ${those}`),
  ]);
}

export async function setLater(ctx: SignedIn, id: number, on: boolean): Promise<void> {
  await ctx.commit(
    [
      ctx.db.run(sql`
        update notification set later = ${on ? 1 : 0} where id = ${id} and user_id = ${ctx.actor.id}`),
      must(ctx, changed()),
    ],
    { refusal: new Refusal('missing') },
  );
}
