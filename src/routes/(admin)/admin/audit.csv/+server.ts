import * as auditLog from '$lib/server/audit-log';
import { answer } from '$lib/server/http';

export const GET = (event) =>
  answer(event, async (ctx) => {
    const lines = auditLog.exported(ctx, auditLog.filterOf(ctx, event.url.searchParams).filter);
    return new Response(lines.pipeThrough(new TextEncoderStream()), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="audit.csv"',
      },
    });
  });
