/** Uploading, attaching and getting files in the space of file-space.ts. */
import { eq, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { randomId } from '../src/lib/server/crypto';
import * as access from '../src/lib/server/access';
import * as files from '../src/lib/server/files';
import { comment, file } from '../src/lib/server/schema';
import { as, ORIGIN, testContext, type User } from './contexts';
import { objects, spaceId, threadId } from './file-space';
import { count, refusal } from './helpers';

export const MB = 1024 * 1024;

export const streamed = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = chunks.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });

/** Uploads an attachment. */
export const send = (who: User, bytes: Uint8Array, name = 'notes.txt', size = bytes.length, to = spaceId) =>
  files.upload(as(who), to, { kind: 'attachment', name, body: streamed(bytes), size });

/** Writes a comment with files. @returns its id */
export async function comments(who: User, ids: string[], where = { spaceId, threadId }): Promise<number> {
  const ctx = as(who);
  const key = randomId();
  const commentId = sql`(select id from comment where request_key = ${key})`;
  await ctx.commit([
    access.stillMember(ctx, where.spaceId),
    ctx.db
      .insert(comment)
      .values({ ...where, authorId: who.id, body: 'x', requestKey: key, createdAt: ctx.now }),
    ...files.attach(ctx, where.spaceId, ids, { threadId: where.threadId, commentId }),
  ]);
  const [row] = await ctx.db.select().from(comment).where(eq(comment.requestKey, key));
  return row!.id;
}

export const get = (who: User | null, id: string, headers: HeadersInit = {}, query = '', method = 'GET') =>
  files.serve(
    testContext({ actor: who }),
    id,
    new Request(`${ORIGIN}/files/${id}${query}`, { headers, method }),
  );

export const words = async (response: Response) => new TextDecoder().decode(await response.arrayBuffer());

/** Otherwise it must be 404. */
export async function sees(who: User | null, id: string): Promise<boolean> {
  try {
    const response = await get(who, id);
    await response.arrayBuffer();
    return response.status === 200;
  } catch (error) {
    expect(error).toMatchObject(refusal('missing'));
    return false;
  }
}

export const rowOf = async (id: string) =>
  (await testContext().db.select().from(file).where(eq(file.id, id)))[0];

/** How many rows and objects a call leaves behind. */
export async function leaves(run: () => Promise<unknown>): Promise<{ rows: number; objects: number }> {
  const before = [await count('file'), (await objects()).length] as const;
  await run();
  return { rows: (await count('file')) - before[0], objects: (await objects()).length - before[1] };
}
