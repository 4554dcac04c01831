/** What the actor may do with a thread: for buttons, and for verbs before they write. */
import type { Audience, FoundSpace } from '../access';
import type { SignedIn } from '../context';
import { can, type Action } from '../policy';

interface Text {
  authorId: string;
  audience: Audience;
}

/** @param comment null: the thread's first text */
export function mayOf(
  ctx: SignedIn,
  found: FoundSpace,
  thread: Text & { closedAt: number | null },
  comment: Text | null = null,
) {
  const isOwn = (text: Text) => text.authorId === ctx.actor.id;
  const own = isOwn(comment ?? thread);
  const may = (action: Action, ofOwn: boolean) => can(ctx.actor, action, found, ofOwn);
  return {
    own,
    react: may('space.write', own),
    edit: may('text.edit', own) && thread.closedAt === null,
    // A space without several threads keeps its only one, and has nothing to pin it above.
    delete: may('text.delete', own) && (comment !== null || found.severalThreads),
    // A comment of a thread that is only for the company becomes visible with it.
    open:
      may('text.open', own) &&
      (comment ? thread.audience === null && comment.audience !== null : thread.audience !== null),
    replace: may('file.replace', own) && thread.closedAt === null,
    pin: may('thread.pin', isOwn(thread)) && found.severalThreads,
    close: may('thread.close', isOwn(thread)),
    follow: may('thread.follow', own) && !found.blockFollowing,
  };
}
