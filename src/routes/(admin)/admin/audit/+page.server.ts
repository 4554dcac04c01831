import * as auditLog from '$lib/server/audit-log';
import { show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const { shown, filter } = auditLog.filterOf(ctx, query);
    const verified = query.get('verify');
    const [page, chain] = await Promise.all([
      auditLog.list(ctx, filter, query.get('after') ?? ''),
      verified === null ? null : auditLog.verify(ctx, Number(/^\d{1,15}$/.exec(verified)?.[0] ?? 0)),
    ]);
    return {
      ...page,
      chain,
      shown,
      groups: auditLog.GROUPS,
    };
  });
