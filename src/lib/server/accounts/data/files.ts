import { sql, type SQL } from 'drizzle-orm';
import * as blobs from '../../blobs';
import type { SignedIn } from '../../context';
import * as paging from '../../paging';
import type { Entry } from '../../zip';
import { time } from './pages';

/** A Worker may ask D1 and R2 some thousand times in a request, and each file is asked for. */
const FILES = 400;

interface Row {
  id: string;
  kind: string;
  spaceId: number | null;
  threadId: number | null;
  commentId: number | null;
  name: string;
  type: string;
  size: number;
  key: string;
  at: number;
  attachedAt: number | null;
  arriving: number;
}

const own = ({ actor }: SignedIn): SQL => sql`uploader_id = ${actor.id} and released_at is null`;

/** Where each further archive begins, if there are more files than one holds. For a batch; `partsOf` reads it. */
export const fileParts = (ctx: SignedIn) =>
  ctx.db.all<{ at: number; id: string }>(sql`
    select created_at "at", id from (
      select created_at, id, row_number() over (order by created_at, id) nth from file where ${own(ctx)})
    where nth > 1 and nth % ${FILES} = 1 order by created_at, id`);

export const partsOf = (rows: { at: number; id: string }[]): string[] =>
  rows.map(({ at, id }) => paging.write([at, id]));

/** The actor's uploads, oldest first: those of one archive. */
export function filesFrom(ctx: SignedIn, from: string | null): Promise<Row[]> {
  const [at, id] = paging.read(from, 'number', 'text') ?? [0, ''];
  return ctx.db.all<Row>(sql`
    select id, kind, space_id "spaceId", thread_id "threadId", comment_id "commentId", name, type, size, key,
      created_at "at", attached_at "attachedAt", upload_id is not null arriving
    from file where ${own(ctx)} and (created_at, id) >= (${at}, ${id})
    order by created_at, id limit ${FILES}`);
}

/** What has not arrived whole has no bytes yet. */
const pathOf = ({ name, arriving }: Row, i: number): string | null =>
  arriving === 1 ? null : `files/${String(i + 1).padStart(3, '0')} ${blobs.safeName(name)}`;

export const listed = (rows: Row[], missing: Set<string>) =>
  rows.map((row, i) => ({
    file: missing.has(row.id) ? null : pathOf(row, i),
    name: row.name,
    type: row.type,
    size: row.size,
    uploaded: time(row.at),
    attached: time(row.attachedAt),
    used: row.kind,
    spaceId: row.spaceId,
    threadId: row.threadId,
    commentId: row.commentId,
  }));

/** As they are stored. @param missing gets the ids of those whose bytes are gone */
export async function* fileEntries(ctx: SignedIn, rows: Row[], missing: Set<string>): AsyncGenerator<Entry> {
  for (const [i, row] of rows.entries()) {
    const name = pathOf(row, i);
    const object = name && (await ctx.bucket.get(row.key));
    if (name && object) yield { name, at: row.at, content: object.body as AsyncIterable<Uint8Array> };
    else missing.add(row.id);
  }
}
