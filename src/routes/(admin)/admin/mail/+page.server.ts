import { keptQuery, withQuery } from '$lib/pages';
import { byId, once } from '$lib/schemas';
import { randomId } from '$lib/server/crypto';
import { form, show } from '$lib/server/http';
import * as mailLog from '$lib/server/mail-log';
import { allow } from '$lib/server/policy';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const [page, test] = await Promise.all([
      mailLog.overview(ctx, { after: query.get('after') ?? '', kind: query.get('kind') ?? '' }),
      mailLog.testOutcome(ctx, query.get('test')),
    ]);
    return {
      ...page,
      now: ctx.now,
      email: ctx.actor.email,
      test,
      done: query.get('done'),
      requestKey: randomId(),
    };
  });

/** The list as it was shown. */
const here = (url: URL, more: Record<string, string>) =>
  withQuery('/admin/mail', { ...keptQuery(url, 'kind', 'after'), ...more });

export const actions = {
  again: form(byId, async (ctx, { id }, { url }) => {
    await mailLog.sendAgain(ctx, id);
    return here(url, { done: 'again' });
  }),
  all: form(
    once,
    async (ctx, _input, { url }) => {
      await mailLog.sendAllAgain(ctx);
      return here(url, { done: 'all-again' });
    },
    (ctx) => allow(ctx, 'site.administer'),
  ),
  test: form(
    once,
    async (ctx, { requestKey }, { url }) =>
      here(url, { done: 'tested', test: await mailLog.sendTest(ctx, requestKey) }),
    (ctx) => allow(ctx, 'site.administer'),
  ),
};
