import type { SignedIn } from '../context';
import * as csv from '../csv';
import { record } from '../events';
import { allow } from '../policy';
import { list } from './list';
import type { Filter } from './page';

const AT_ONCE = 500;
const NAMED = 100;

const time = (at: number | null | undefined): string => (at ? new Date(at).toISOString() : '');

/** What the page shows with the same filter. Page by page as it is read, so that memory does not grow with the table. */
export function exported(ctx: SignedIn, filter: Filter): ReadableStream<string> {
  allow(ctx, 'site.administer');
  let after: string | null = '';
  return new ReadableStream({
    async start(stream) {
      await ctx.commit([record(ctx, { kind: 'site.guests-exported', subject: 'site' })]);
      stream.enqueue(
        '\ufeffe-mail,display name,company,status,last login,spaces,number of spaces,invited by,invited,proves by,expires,invitation e-mail,declined,sponsors,access ends,terms version,terms accepted\r\n',
      );
    },
    async pull(stream) {
      // A page may be empty, though there are more: a pull that brings nothing is not repeated.
      for (let lines = ''; after !== null && !lines; stream.enqueue(lines)) {
        const page = await list(ctx, filter, after, { size: AT_ONCE, names: NAMED });
        after = page.next;
        lines = page.rows
          .map(({ invitation, ...row }) =>
            csv.row([
              ...[row.email, row.name ?? '', row.company, row.status, time(row.lastLoginAt)],
              ...[row.spaces.map(({ name }) => name).join('; '), String(row.spaceCount)],
              ...[row.inviter?.name ?? '', time(row.invitedAt)],
              ...[row.name === null ? '' : row.proof === 'code' ? 'password and mailed code' : 'password'],
              ...[time(invitation?.expiresAt), invitation?.delivery?.state ?? ''],
              time(row.declinedAt),
              // In the order of the spaces.
              row.spaces.map(({ sponsor }) => sponsor ?? 'none').join('; '),
              row.spaces.map(({ endsAt }) => time(endsAt) || 'none').join('; '),
              ...[row.terms ? String(row.terms.version) : '', time(row.terms?.at)],
            ]),
          )
          .join('');
      }
      if (after === null) stream.close();
    },
  });
}
