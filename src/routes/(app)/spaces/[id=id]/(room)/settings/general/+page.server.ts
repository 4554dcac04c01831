import { spaceSettings } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => ({ settings: await spaces.settingsOf(ctx, Number(event.params.id)) }));

export const actions = {
  default: form(
    spaceSettings,
    async (ctx, { updatedAt, ...input }, { params }) => {
      await spaces.change(ctx, Number(params.id), input, updatedAt);
      return { saved: true };
    },
    spaces.administers,
  ),
};
