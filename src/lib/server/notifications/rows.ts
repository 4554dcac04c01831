/** Notifications with what they are about, as the portal and the mails read them. */
import { sql, type SQL } from 'drizzle-orm';
import {
  isActiveAdministratorOf,
  isForCompany,
  isPresent,
  person,
  readerOf,
  seesGuests,
  visibleTo,
  type Viewer,
  lasting,
} from '../access';
import { inOrder, isCurrent } from '../files/current';
import { marksOf } from '../mentions/people';
import * as redaction from '../mentions/redaction';
import type { Ctx } from '../context';
import type { Mention } from '../schema';
import { hearsOfInvitations } from './recipients';

export interface Row {
  id: number;
  kind: 'mention' | 'comment' | 'thread' | 'join' | 'leave' | 'decline' | 'bounce';
  createdAt: number;
  readAt: number | null;
  /** Null: they joined the site. */
  spaceId: number | null;
  space: string | null;
  /** Null: they joined or left, and there is no text. */
  threadId: number | null;
  commentId: number | null;
  thread: string;
  actor: string;
  actorKind: 'user' | 'guest';
  /** Empty if unknown. */
  company: string;
  avatar: string | null;
  /** The address of an invitation that was declined or came back. */
  invited: string | null;
  text: string;
  mentions: string | null;
  threadMentions: string | null;
  threadAuthorId: string | null;
  authorId: string | null;
  seesGuests: number;
  forCompany: number;
}

/** SQL: the columns of a `Row`. @param longest characters of the text */
export const columns = (viewer: Viewer, longest: number): SQL => sql`
  n.id, n.kind, n.created_at "createdAt", n.read_at "readAt", s.id "spaceId", s.name "space",
  t.id "threadId", coalesce(t.title, '') "thread", n.comment_id "commentId", a.name "actor", a.kind "actorKind", a.company "company",
  iif(n.space_id is null or ${isPresent(sql.raw('n.space_id'), 'a')}, a.avatar, null) "avatar", v.email "invited",
  substr(coalesce(iif(n.comment_id is null, t.body, c.body), ''), 1, ${longest}) "text",
  iif(n.comment_id is null, t.mentions, c.mentions) "mentions", t.mentions "threadMentions", t.author_id "threadAuthorId",
  iif(n.comment_id is null, t.author_id, c.author_id) "authorId", ${seesGuests(viewer, { space: 's' })} "seesGuests",
  ${isForCompany('t', 'c')} "forCompany"`;

/** SQL, as JSON: what is attached to the text, which whoever may read the text may see. */
export const attachedFiles = sql`(
  select json_group_array(json_object('name', f.name, 'size', f.size) order by ${inOrder('f')}) from file f
  where f.thread_id = n.thread_id and f.comment_id is n.comment_id and ${isCurrent('f')})`;

/** SQL: what belongs to a notification `n`. If somebody joined or left there is no text, and on the site no space. SQLite skips a left join that nothing uses. */
export const joins = sql`
  left join membership m on m.space_id = n.space_id and m.user_id = n.user_id
  left join space s on s.id = n.space_id
  left join thread t on t.id = n.thread_id
  left join user w on w.id = t.author_id
  left join user a on a.id = n.actor_id
  left join comment c on c.id = n.comment_id
  left join invitation v on v.id = n.invitation_id`;

/** SQL: whether the viewer may see it now, whatever they were notified of. */
export const visible = (ctx: Pick<Ctx, 'now'>, viewer: Viewer): SQL => sql`
  ((s.deleted_at is null and m.user_id is not null and ${lasting(ctx, 'm')}) or n.space_id is null)
  and (n.kind <> 'join' or ${seesNewcomer(viewer)})
  and (n.invitation_id is null or ${hearsOfInvitations(sql`${viewer.id}`, sql.raw('n.space_id'))})
  and (n.kind <> 'leave' or (not ${isThere} and ${visibleTo(viewer, { space: 's' }, person('a'))}))
  and ${visibleTo(viewer, { space: 's' }, { text: 't', author: 'w' }, { text: 'c', author: 'a' })}`;

/** SQL: whether who joined or left is in the space now. */
const isThere: SQL = sql`exists (select 1 from membership j where j.space_id = n.space_id and j.user_id = n.actor_id)`;

/** SQL: whether somebody who joined is still there, and the viewer sees them. */
const seesNewcomer = (viewer: Viewer): SQL => sql`iif(n.space_id is null,
  ${isActiveAdministratorOf('site', sql`${viewer.id}`)},
  ${isThere} and ${visibleTo(viewer, { space: 's' }, person('a'))})`;

/** With the words that this person may see, and the names in them. */
export function readable<R extends Row>(row: R, userId: string) {
  const reader = readerOf(userId, row.seesGuests);
  const parsed = (mentions: string | null) => JSON.parse(mentions ?? '[]') as Mention[];
  const { text, namings } = redaction.readable(reader, {
    body: row.text,
    mentions: parsed(row.mentions),
    authorId: row.authorId,
  });
  return {
    ...row,
    text,
    marks: marksOf(text, namings, userId, row.authorId ?? ''),
    thread: redaction.titleFor(reader, {
      title: row.thread,
      mentions: parsed(row.threadMentions),
      authorId: row.threadAuthorId,
    }),
  };
}
