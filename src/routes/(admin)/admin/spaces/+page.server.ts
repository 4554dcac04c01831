import { bySpace, onOff, storage } from '$lib/schemas';
import * as v from 'valibot';
import { keptQuery, withQuery } from '$lib/pages';
import * as administrators from '$lib/server/administrators';
import * as archive from '$lib/server/archive';
import { form, show } from '$lib/server/http';
import * as settings from '$lib/server/settings';
import * as spaces from '$lib/server/spaces';
import * as trash from '$lib/server/trash';
import * as site from '$lib/server/site';
import { wasOf } from '$lib/server/stale';

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
    const { spaceStorage, guestStorage, presence, revision } = await settings.read(ctx);
    const was = wasOf({ spaceStorage, guestStorage }, settings.storageFields);
    // Only what is on this page.
    const asking = found.rows.find(
      ({ id, archivedAt }) => String(id) === query.get('archive') && !archivedAt,
    );
    return {
      ...found,
      asking: asking ? { id: asking.id, name: asking.name } : null,
      covered: !!asking,
      search,
      without,
      done: query.get('done'),
      presence,
      storage: { space: spaceStorage, guest: guestStorage, revision, was },
    };
  });

/** The list as it was shown. */
const here = (url: URL, done: string) =>
  withQuery('/admin/spaces', { ...keptQuery(url, 'search', 'without', 'after'), done });

export const actions = {
  restore: form(bySpace, async (ctx, { id }) => {
    await trash.restore(ctx, id);
    return '/admin/spaces?done=restored';
  }),
  archive: form(v.object({ ...bySpace.entries, ...onOff.entries }), async (ctx, { id, on }, { url }) => {
    await archive.setForSite(ctx, id, on);
    return here(url, on ? 'archived' : 'unarchived');
  }),
  become: form(bySpace, async (ctx, { id }) => {
    await administrators.become(ctx, id);
    return `/spaces/${id}`;
  }),
  presence: form(onOff, async (ctx, { on }, { url }) => {
    await site.changeSettings(ctx, { presence: on });
    return `${here(url, '')}#presence`;
  }),
  storage: form(storage, async (ctx, { spaceStorage, guestStorage, ...shown }, { url }) => {
    const { form, revision } = await site.merged(
      ctx,
      { spaceStorage: spaceStorage * settings.GB, guestStorage: guestStorage * settings.GB },
      ({ spaceStorage, guestStorage }) => ({ spaceStorage, guestStorage }),
      settings.storageFields,
      shown,
    );
    await site.changeSettings(ctx, form, revision);
    return `${here(url, 'stored')}#storage`;
  }),
};
