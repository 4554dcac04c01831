/** Many users at once: each row is an invitation of its own, and what can't be sent comes back with the reason. */
import type { Locale, MessageKey } from '../../messages';
import { limitsOfImport, readUsers, type UserRow } from '../../user-list';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import { allow } from '../policy';
import { inviteUser } from './users';

export interface NotImported {
  line: number;
  typed: string;
  reason: { key: MessageKey; params?: Record<string, string | number> };
}

/** @throws Refusal if there is nobody in it, or too many */
export function judgeImport(text: string): UserRow[] {
  const rows = readUsers(text);
  if (rows.length === 0) throw new Refusal('invalid', { key: 'users.import-nobody', field: 'users' });
  if (rows.length > limitsOfImport.rows)
    throw new Refusal('invalid', {
      key: 'users.import-too-many',
      params: { most: limitsOfImport.rows },
      field: 'users',
    });
  return rows;
}

/** A retry of the same form invites nobody twice. */
export async function importUsers(
  ctx: SignedIn,
  form: { users: string; locale: Locale; requestKey: string },
): Promise<{ invited: number; not: NotImported[] }> {
  allow(ctx, 'site.administer');
  const rows = judgeImport(form.users);
  const not: NotImported[] = [];
  const seen = new Set<string>();
  let invited = 0;
  for (const { line, typed, name, address, role, wrong } of rows) {
    if (wrong || !address) {
      not.push({ line, typed, reason: { key: wrong ?? 'address.malformed' } });
      continue;
    }
    // Once is enough.
    if (seen.has(address.email)) continue;
    seen.add(address.email);
    try {
      await inviteUser(ctx, {
        email: address.original,
        name,
        administrator: role === 'administrator',
        canCreateSpaces: role === 'creator',
        locale: form.locale,
        requestKey: form.requestKey,
      });
      invited++;
    } catch (error) {
      if (!(error instanceof Refusal) || !error.detail.key) throw error;
      not.push({ line, typed, reason: { key: error.detail.key, params: error.detail.params } });
    }
  }
  return { invited, not };
}
