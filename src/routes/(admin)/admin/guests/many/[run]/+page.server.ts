import { many, once } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import * as guests from '$lib/server/guests';
import { form, show } from '$lib/server/http';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const run = await guests.many.look(ctx, event.params.run, query.get('show'), query.get('after') ?? '');
    const again = query.has('again') ? await guests.many.beforehand(ctx, run.action, { run: run.id }) : null;
    return {
      run,
      again: again && again.total > 0 ? again : null,
      noneAgain: again?.total === 0,
      covered: !!again?.total,
      requestKey: randomId(),
    };
  });

const site = (ctx: Parameters<typeof allow>[0]) => allow(ctx, 'site.administer');

export const actions = {
  step: form(
    once,
    async (ctx, _, { params }) => {
      await guests.many.step(ctx, params.run!);
      return `/admin/guests/many/${params.run}`;
    },
    site,
  ),
  again: form(
    many,
    async (ctx, { do: action, requestKey }, { params }) =>
      `/admin/guests/many/${await guests.many.begin(ctx, action, { run: params.run! }, requestKey)}`,
    site,
  ),
};
