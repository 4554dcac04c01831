import * as access from '$lib/server/access';
import { onOff, readUntil } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as threads from '$lib/server/threads';
import { at, discussion, here } from '../../discussion';

export const load = (event) =>
  show(event, (ctx) =>
    threads.page(ctx, Number(event.params.id), Number(event.params.thread), event.url.searchParams),
  );

export const actions = {
  ...discussion,
  pin: form(
    onOff,
    async (ctx, { on }, event) => {
      await threads.setPinned(ctx, ...(await at(ctx, event.params)), on);
      return here(event);
    },
    access.membersOnly,
  ),
  read: form(
    readUntil,
    async (ctx, { until }, event) => {
      await threads.markRead(ctx, ...(await at(ctx, event.params)), until);
      return here(event);
    },
    access.membersOnly,
  ),
};
