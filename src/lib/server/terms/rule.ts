/** Which terms guests must accept, and when. The site's addresses of them are part of its appearance. */
import { sql, type SQL } from 'drizzle-orm';
import type { Actor } from '../context';
import type { Settings } from '../schema';

/** What a form shows. Its value says what was shown, so that no page accepts what it did not show. */
export interface Terms {
  url: string;
  version: number;
  value: string;
}

/** Null where guests need not accept any. */
export function ofGuests({ termsRequired, termsUrl, termsVersion }: Settings): Terms | null {
  if (!termsRequired || !termsUrl) return null;
  return { url: termsUrl, version: termsVersion, value: `${termsVersion} ${termsUrl}` };
}

/** SQL: the newest version that somebody has accepted; 0 for none. @param of the column with their id */
export const acceptedBy = (of: string): SQL.Aliased<number> =>
  sql<number>`coalesce((select max(a.version) from acceptance a where a.user_id = ${sql.raw(of)}), 0)`.as(
    'terms_accepted',
  );

/** At the next login, not in the middle of what somebody writes: sessions from before the question go on. */
export const isDue = (
  site: Settings,
  { kind }: Pick<Actor, 'kind'>,
  session: { createdAt: number; termsAccepted: number },
): boolean => {
  const terms = kind === 'guest' ? ofGuests(site) : null;
  return terms !== null && session.termsAccepted < terms.version && session.createdAt >= site.termsAskedAt;
};
