import * as access from '$lib/server/access';
import { newTemplate } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as templates from '$lib/server/space-templates';

export const load = (event) =>
  show(event, async (ctx) => ({
    draft: await templates.draft(ctx, Number(event.params.id)),
    requestKey: randomId(),
  }));

export const actions = {
  default: form(
    newTemplate,
    async (ctx, { templateName: name, ...input }, { params }) => ({
      made: { id: await templates.fromSpace(ctx, Number(params.id), { name, ...input }), name },
    }),
    access.administratorsOnly,
    { judge: (ctx, { templateName }) => templates.judgeName(ctx, templateName) },
  ),
};
