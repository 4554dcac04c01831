import * as v from 'valibot';
import * as access from '$lib/server/access';
import { coverUpload, spaceSettings } from '$lib/schemas';
import * as files from '$lib/server/files';
import { form, show } from '$lib/server/http';
import * as spaces from '$lib/server/spaces';

export const load = (event) =>
  show(event, async (ctx) => {
    const id = Number(event.params.id);
    const [settings, storage] = await Promise.all([spaces.settingsOf(ctx, id), files.storageOf(ctx, id)]);
    return { settings, storage };
  });

export const actions = {
  default: form(
    v.object({ ...spaceSettings.entries, ...coverUpload }),
    async (ctx, { updatedAt, was, coverFile, ...input }, { params }) => {
      if (coverFile.length) await spaces.judge(ctx, Number(params.id), { ...input, coverFile });
      input.cover = await files.chosenCover(ctx, input.cover, coverFile, Number(params.id));
      await spaces.change(ctx, Number(params.id), input, { updatedAt, was });
      return { saved: true };
    },
    access.administratorsOnly,
    { judge: (ctx, valid, { params }) => spaces.judge(ctx, Number(params.id), valid) },
  ),
};
