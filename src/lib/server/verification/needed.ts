import type { Settings, user } from '../schema';

type Person = Pick<typeof user.$inferSelect, 'kind' | 'administrator' | 'emailVerifiedAt' | 'loginCount'>;

/** Guests from their second login on, and everybody whose mailbox is not proved; users as the site asks it of them. */
export function needsCode(person: Person, site: Settings): boolean {
  if (site.twoStep && person.emailVerifiedAt === null) return true;
  if (person.kind === 'guest') return site.twoStep && person.loginCount > 0;
  return person.administrator ? site.administratorStep : site.userStep;
}
