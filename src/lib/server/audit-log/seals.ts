/**
 * What a seal covers (docs/decisions/032-audit-chain.md): of each entry a line, and digests of what is personal in it. Each digest
 * has a salt of its own, so that what was erased can't be guessed from it. `npm run audit:verify` has the same rules
 * (scripts/audit-verify.mjs).
 */
import { hashBytes } from '../crypto';

export interface Line {
  id: number;
  line: string;
  /** All of the entry: what seals of form 1 cover. */
  whole: string;
  who: string;
  whoSalt: string | null;
  whoDigest: string | null;
  what: string;
  whatSalt: string | null;
  whatDigest: string | null;
  /** Whether this may be empty: its person was erased. */
  whoErased: number;
  whatErased: number;
}

export interface Seal {
  afterId: number;
  upTo: number;
  count: number;
  hash: string;
  at: number;
  form: number;
  formerHash: string | null;
  emptiedAt: number | null;
}

/** SQL, as in the script. */
export const LINE = 'json_array(id, at, action, actor_id, subject, space_id, tally, count, last_at)';
export const WHO = 'json_array(actor_name, ip)';
export const WHAT = 'detail';
export const WHOLE =
  'json_array(id, at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, count, last_at)';
const INVITED_ERASED = `e.subject glob 'invitation:*' and not exists (select 1 from invitation i where i.id = substr(e.subject, 12) and i.email <> '')`;
/** The trigger on `audit_entry` asks the same. */
export const WHO_ERASED = `(exists (select 1 from user u where u.id = coalesce(e.actor_id, substr(e.subject, 6)) and u.erased_at is not null)
  or (e.actor_id is null and ${INVITED_ERASED}))`;
export const WHAT_ERASED = `(exists (select 1 from user u where 'user:' || u.id = e.subject and u.id = substr(e.subject, 6) and u.erased_at is not null)
  or (${INVITED_ERASED}))`;

/** SQL: what `Line` has, of `audit_entry e`. */
export const COLUMNS = `e.id, ${LINE} as line, ${WHOLE} as whole,
  ${WHO} as who, who_salt "whoSalt", who_digest "whoDigest", ${WHAT} as what, what_salt "whatSalt", what_digest "whatDigest",
  iif(who_digest is null, 0, ${WHO_ERASED}) "whoErased", iif(what_digest is null, 0, ${WHAT_ERASED}) "whatErased"`;

const sha256 = (text: string): Promise<string> => hashBytes(new TextEncoder().encode(text));

export const digestOf = (salt: string, personal: string): Promise<string> => sha256(`${salt}\n${personal}`);

const NOBODY = '["",""]';
const NOTHING = '{}';

/** Null: neither salted nor rightly erased, so it can't be as it was sealed. */
const partOf = (
  personal: string,
  salt: string | null,
  digest: string | null,
  erased: boolean,
): Promise<string> | string | null => {
  if (digest === null) return salt === null ? null : digestOf(salt, personal);
  return erased && salt === null ? digest : null;
};

/** Null if an entry can't be as it was sealed. */
export async function hashOf(before: string, at: number, lines: Line[]): Promise<string | null> {
  const parts = await Promise.all(
    lines.map(async ({ line, ...of }) => {
      const who = await partOf(of.who, of.whoSalt, of.whoDigest, of.whoErased === 1 && of.who === NOBODY);
      const what = await partOf(
        of.what,
        of.whatSalt,
        of.whatDigest,
        of.whatErased === 1 && of.what === NOTHING,
      );
      return who !== null && what !== null && `${line} ${who} ${what}`;
    }),
  );
  return parts.includes(false) ? null : sha256([before, String(at), ...parts].join('\n'));
}

const hashOfWhole = (before: string, lines: Line[]): Promise<string> =>
  sha256([before, ...lines.map(({ whole }) => whole)].join('\n'));

/** Whether these entries are as they were sealed. @param before where the chain comes from; null at its beginning */
export async function holds(
  before: Pick<Seal, 'upTo' | 'hash' | 'formerHash'> | null,
  seal: Seal,
  lines: Line[],
): Promise<boolean> {
  if (seal.afterId !== (before?.upTo ?? 0) || lines.length !== seal.count) return false;
  if (seal.form === 2) return (await hashOf(before?.hash ?? '', seal.at, lines)) === seal.hash;
  // The seal before it may have been made anew since.
  for (const hash of new Set([before?.formerHash ?? before?.hash ?? '', before?.hash ?? '']))
    if ((await hashOfWhole(hash, lines)) === seal.hash) return true;
  return false;
}
