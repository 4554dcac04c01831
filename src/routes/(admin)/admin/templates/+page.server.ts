import { dialogOver } from '$lib/pages';
import { byId, changeTemplate, hideTemplate, importTemplate } from '$lib/schemas';
import { Refusal } from '$lib/server/errors';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';
import * as templates from '$lib/server/space-templates';

export const load = (event) =>
  show(event, async (ctx) => {
    const all = await templates.manage(ctx);
    return {
      ...all,
      ...dialogOver(event.url, { edit: all.rows, delete: all.rows }),
      done: event.url.searchParams.get('done'),
    };
  });

const here = (done: string) => `/admin/templates?done=${done}`;

export const actions = {
  change: form(
    changeTemplate,
    async (ctx, { id, templateName: name, description, updatedAt, was }) => {
      await templates.change(ctx, id, { name, description }, updatedAt, was);
      return here('changed');
    },
    (ctx) => allow(ctx, 'site.administer'),
    { judge: (ctx, { id, templateName }) => templates.judgeName(ctx, templateName, id) },
  ),
  delete: form(byId, async (ctx, { id }) => {
    await templates.remove(ctx, id);
    return here('removed');
  }),
  hide: form(hideTemplate, async (ctx, { id, hidden }) => {
    await templates.setHidden(ctx, id, hidden);
    return here(hidden ? 'hidden' : 'shown');
  }),
  import: form(importTemplate, async (ctx, { file: [file] }) => {
    if (!file) throw new Refusal('invalid', { key: 'template.file-none', field: 'file' });
    await templates.importFile(ctx, new Uint8Array(await file.arrayBuffer()));
    return here('imported');
  }),
};
