import { auditYears } from '$lib/schemas';
import * as auditLog from '$lib/server/audit-log';
import { form, show } from '$lib/server/http';
import * as settings from '$lib/server/settings';
import * as site from '$lib/server/site';

/** Years that an administrator may choose; 0: for ever. */
const CHOICES = Array.from({ length: 11 }, (_, years) => years);

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const { shown, filter } = auditLog.filterOf(ctx, query);
    const verified = query.get('verify');
    const [page, chain, site] = await Promise.all([
      auditLog.list(ctx, filter, query.get('after') ?? ''),
      verified === null ? null : auditLog.verify(ctx, Number(/^\d{1,15}$/.exec(verified)?.[0] ?? 0)),
      settings.read(ctx),
    ]);
    const asked = CHOICES.find((years) => String(years) === query.get('keep'));
    const asking = asked === site.auditYears ? undefined : asked;
    return {
      ...page,
      chain,
      shown,
      groups: auditLog.GROUPS,
      keep: { years: site.auditYears, choices: CHOICES, asking, revision: site.revision },
      covered: asking !== undefined,
      done: query.get('done'),
    };
  });

export const actions = {
  keep: form(auditYears, async (ctx, { years, revision }) => {
    await site.changeSettings(ctx, { auditYears: years }, revision);
    return '/admin/audit?done=kept#keep';
  }),
};
