import * as auditLog from '$lib/server/audit-log';
import { show } from '$lib/server/http';

export const load = (event) =>
  show(event, async (ctx) => {
    const query = event.url.searchParams;
    const { shown, filter } = auditLog.filterOf(ctx, query);
    return {
      ...(await auditLog.list(ctx, filter, query.get('after') ?? '')),
      shown,
      groups: auditLog.GROUPS,
    };
  });
