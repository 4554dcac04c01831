import { loadTranslator } from '../../messages';
import { displayName } from '../../people';
import type { SignedIn } from '../context';
import * as csv from '../csv';
import { record } from '../events';
import { allow } from '../policy';
import { list, type Filter } from './list';

const time = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());

/** What the page shows with the same filters. Page by page as it is read, so that memory does not grow with the log. */
export function exported(ctx: SignedIn, filter: Filter): ReadableStream<string> {
  allow(ctx, 'site.administer');
  let after: string | null = '';
  return new ReadableStream({
    async start(stream) {
      await ctx.commit([record(ctx, { kind: 'site.audit-exported', subject: 'site' })]);
      stream.enqueue(
        '\ufeffentry,time,last time,count,person,e-mail,company,what,action,space,IP address,outcome\r\n',
      );
    },
    async pull(stream) {
      const t = await loadTranslator(ctx.locale);
      // A page may be empty, though there are more: a pull that brings nothing is not repeated.
      for (let lines = ''; after !== null && !lines; stream.enqueue(lines)) {
        const page = await list(ctx, filter, after);
        after = page.next;
        lines = page.rows
          .map(({ id, at, lastAt, count, who, what, action, space, ip, failed }) =>
            csv.row([
              ...[String(id), time(at), time(lastAt), String(count)],
              ...[who ? displayName(t, who) : '', who?.email ?? '', who?.company ?? ''],
              ...[t(what.key, what.params), action, space ?? '', ip, failed ? 'failed' : 'done'],
            ]),
          )
          .join('');
      }
      if (after === null) stream.close();
    },
  });
}
