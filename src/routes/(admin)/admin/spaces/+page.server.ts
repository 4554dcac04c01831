import { bySpace, storage } from '$lib/schemas';
import * as administrators from '$lib/server/administrators';
import { form, show } from '$lib/server/http';
import * as settings from '$lib/server/settings';
import * as spaces from '$lib/server/spaces';
import * as trash from '$lib/server/trash';
import * as site from '$lib/server/site';

const GB = 1024 ** 3;

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const search = query.get('search')?.slice(0, 100) ?? '';
    const without = query.has('without');
    const found = await spaces.list(ctx, {
      search,
      after: query.get('after') ?? '',
      trash: query.get('trash') ?? '',
      without,
    });
    const { spaceStorage, guestStorage, revision } = await settings.read(ctx);
    return {
      ...found,
      search,
      without,
      done: query.get('done'),
      storage: { space: spaceStorage, guest: guestStorage, revision },
    };
  });

export const actions = {
  restore: form(bySpace, async (ctx, { id }) => {
    await trash.restore(ctx, id);
    return '/admin/spaces?done=restored';
  }),
  become: form(bySpace, async (ctx, { id }) => {
    await administrators.become(ctx, id);
    return `/spaces/${id}`;
  }),
  storage: form(storage, async (ctx, { spaceStorage, guestStorage, revision }) => {
    await site.changeSettings(
      ctx,
      { spaceStorage: spaceStorage * GB, guestStorage: guestStorage * GB },
      revision,
    );
    return { stored: true };
  }),
};
