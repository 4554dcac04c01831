import { spaceCreators } from '$lib/schemas';
import * as accounts from '$lib/server/accounts';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as settings from '$lib/server/settings';
import { wasOf } from '$lib/server/stale';

export const load = (event) =>
  show(event, async (ctx) => {
    const users = await accounts.list(ctx, { after: event.url.searchParams.get('after') ?? '' });
    const { spaceCreators, revision } = await settings.read(ctx);
    const was = wasOf({ spaceCreators }, settings.creatorFields);
    return { ...users, who: spaceCreators, revision, was };
  });

export const actions = {
  default: form(
    spaceCreators,
    async (ctx, input) => {
      await accounts.changeSpaceCreators(ctx, input);
      return { saved: true };
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
};
