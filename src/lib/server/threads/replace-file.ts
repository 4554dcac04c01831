import { sql } from 'drizzle-orm';
import * as access from '../access';
import { must, type SignedIn } from '../context';
import { hashBytes, hashToken } from '../crypto';
import { Refusal } from '../errors';
import { record } from '../events';
import * as files from '../files';
import * as limits from '../limits';
import { refused } from '../policy';
import { mayOf } from './may';
import { commentQuery, requireRow, threadQuery } from './visible';
import { filesOf } from './write';

export interface VersionForm {
  /** So that a second post makes no second version. */
  requestKey: string;
  fileIds?: string[];
  files?: File[];
}

/** With both files: after "Back", the same form may carry another one. */
async function keyOf(
  ctx: SignedIn,
  fileId: string,
  { requestKey, fileIds = [], files: sent = [] }: VersionForm,
) {
  const bytes = await Promise.all(
    sent.map(async (one) => hashBytes(new Uint8Array(await one.arrayBuffer()))),
  );
  const words = JSON.stringify([fileId, fileIds, sent.map(({ name }) => name), bytes]);
  return `${ctx.actor.id}:${requestKey}:${hashToken(words).slice(0, 24)}`;
}

/** Who may not replace the file learns nothing about what would be valid. */
export async function requireReplaceable(ctx: SignedIn, spaceId: number, fileId: string) {
  const { space, newest } = await ctx.read({
    space: access.spaceQuery(ctx, spaceId),
    newest: files.versionQuery(ctx, spaceId, fileId),
  });
  const found = access.foundSpace(ctx, space);
  const target = requireRow(newest);
  const threadId = target.threadId!;
  const { thread, comment } = await ctx.read({
    thread: threadQuery(ctx, spaceId, threadId),
    comment: commentQuery(ctx, spaceId, threadId, target.commentId ?? 0),
  });
  const first = requireRow(thread);
  const text = target.commentId === null ? first : requireRow(comment);
  const may = mayOf(ctx, found, first, target.commentId === null ? null : text);
  if (first.closedAt !== null) throw new Refusal('conflict', { key: 'thread.closed' });
  if (!may.replace) throw refused(found);
  return { target, threadId, first, text, own: may.own };
}

/**
 * A new version takes the place of a file in its text and keeps the old one. Nobody is notified: open pages show it, and the list of
 * files has it on top. @returns the new version's id
 */
export async function replaceFile(
  ctx: SignedIn,
  spaceId: number,
  fileId: string,
  form: VersionForm,
): Promise<string> {
  const { target, threadId, first, text, own } = await requireReplaceable(ctx, spaceId, fileId);
  const { commentId } = target;
  if ((form.fileIds?.length ?? 0) + (form.files?.length ?? 0) !== 1)
    throw new Refusal('invalid', { key: 'version.one', field: 'files' });
  const requestKey = await keyOf(ctx, fileId, form);
  const { original, listed, made } = await ctx.read({
    original: files.originalQuery(ctx, fileId),
    listed:
      commentId === null ? files.ofThreadQuery(ctx, threadId) : files.ofCommentsQuery(ctx, `[${commentId}]`),
    made: files.requestedQuery(ctx, requestKey),
  });
  if (made[0]) return made[0].id;
  const { writing, ids, names } = await filesOf(ctx, spaceId, form);
  const id = ids[0]!;
  const title = commentId === null ? { title: first.title } : {};
  const { done } = await ctx.commit(
    [
      own ? access.stillMember(ctx, spaceId) : access.stillAdministers(ctx, spaceId),
      must(ctx, sql`exists (select 1 from thread where id = ${threadId} and closed_at is null)`),
      files.replace(writing, spaceId, id, original[0]!.id, requestKey),
      record(writing, {
        kind: 'space.file-replaced',
        ...{ spaceId, threadId, commentId, authors: [first, text] },
        text: {
          ...title,
          ...{ body: text.body, mentions: text.mentions },
          files: [...listed.filter((one) => one.id !== target.id).map(({ name }) => name), ...names],
        },
        notify: null,
      }),
      limits.count(writing, { text: 1 }),
    ],
    {
      duplicate: 'done',
      refusal: async () => {
        const exceeded = await limits.exceeded(ctx, { text: 1 });
        if (exceeded) return exceeded;
        // The same form again: it is a version already.
        const [before] = await ctx
          .read({ before: files.originalQuery(ctx, id) })
          .then(({ before }) => before);
        if (before && before.id === original[0]!.id) return null;
        await requireReplaceable(ctx, spaceId, fileId);
        return new Refusal('conflict', { key: 'file.gone', field: 'files' });
      },
    },
  );
  if (done) return id;
  const [before] = await files.requestedQuery(ctx, requestKey);
  return before?.id ?? id;
}
