import type { Discussion } from '$lib/discussion';

/** What shows the conversation of a space that has only one. The pages of all other spaces do without its code. */
export async function onlyThread(discussion: Discussion | null) {
  if (!discussion) return null;
  const [thread, dialogs] = await Promise.all([
    import('./OnlyThread.svelte'),
    import('./DiscussionDialogs.svelte'),
  ]);
  return { Thread: thread.default, Dialogs: dialogs.default };
}
