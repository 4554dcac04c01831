// `npm run audit:verify`: follows the audit's chain, on the local database or, with --remote, on the deployed one. Changes nothing.
// Exit codes: 0 intact; 1 an entry was changed, removed or inserted, or the chain was made anew; 2 the database can't be read;
// 3 intact, but the hash after --knows belongs to entries that were removed because of their age, or to no seal.
// src/lib/server/audit-log/seals.ts has the same rules.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { root, toolEnv } from './lib/run.mjs';
import { folder } from './lib/state.mjs';

const LINE = 'json_array(id, at, action, actor_id, subject, space_id, tally, count, last_at)';
const WHO = 'json_array(actor_name, ip)';
const WHAT = 'detail';
const WHOLE =
  'json_array(id, at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, count, last_at)';
const INVITED_ERASED = `e.subject glob 'invitation:*' and not exists (select 1 from invitation i where i.id = substr(e.subject, 12) and i.email <> '')`;
const WHO_ERASED = `(exists (select 1 from user u where u.id = coalesce(e.actor_id, substr(e.subject, 6)) and u.erased_at is not null)
  or (e.actor_id is null and ${INVITED_ERASED}))`;
const WHAT_ERASED = `(exists (select 1 from user u where 'user:' || u.id = e.subject and u.id = substr(e.subject, 6) and u.erased_at is not null)
  or (${INVITED_ERASED}))`;
const SEALS = 20;
/** The shortest time that the site can keep entries, as the trigger on `audit_seal` counts a year. */
const SHORTEST = 31_557_600_000;

const args = process.argv.slice(2);
const remote = args.includes('--remote');
const known = args.includes('--knows') ? args[args.indexOf('--knows') + 1] : null;
const where = remote ? ['--remote'] : ['--local', '--persist-to', folder];

function query(...statements) {
  try {
    const out = execFileSync(
      'wrangler',
      ['d1', 'execute', 'DB', ...where, '--json', '--command', statements.join('; ')],
      { cwd: root, env: toolEnv({ CI: 'true' }), encoding: 'utf8', maxBuffer: 1 << 29 },
    );
    return JSON.parse(out.slice(out.indexOf('['))).map(({ results }) => results);
  } catch {
    console.error('The database can’t be read, so nothing is known about the chain.');
    process.exit(2);
  }
}

function broken(after, upTo) {
  console.error(
    `NOT intact: after entry ${after}, up to entry ${upTo}, something was changed, removed or inserted.`,
  );
  process.exit(1);
}

const day = (at) => new Date(at).toISOString();

const sha256 = (text) => createHash('sha256').update(text).digest('base64url');

/** Of what is personal; null: neither salted nor rightly erased. */
function digestOf(personal, salt, digest, empty, erased) {
  if (digest === null) return salt === null ? null : sha256(`${salt}\n${personal}`);
  return erased && salt === null && personal === empty ? digest : null;
}

function partOf(e) {
  const who = digestOf(e.who, e.who_salt, e.who_digest, '["",""]', e.who_erased);
  const what = digestOf(e.what, e.what_salt, e.what_digest, '{}', e.what_erased);
  return who === null || what === null ? 'changed' : `${e.line} ${who} ${what}`;
}

/** @param before the seal before it, if the chain does not begin with this one */
function holds(before, seal, own) {
  if (seal.after_id !== (before?.up_to ?? 0) || own.length !== seal.count) return false;
  if (seal.form === 2)
    return sha256([before?.hash ?? '', String(seal.at), ...own.map(partOf)].join('\n')) === seal.hash;
  // The seal before it may have been made anew since.
  return [before?.former_hash ?? before?.hash ?? '', before?.hash ?? ''].some(
    (hash) => sha256([hash, ...own.map(({ whole }) => whole)].join('\n')) === seal.hash,
  );
}

// No real entry is below 1: one that was put there is in no seal.
const start = () => before?.up_to ?? Number.MIN_SAFE_INTEGER;
let before = null;
let removed = null;
let [sealed, seen] = [0, known === null];
for (;;) {
  const seals = `select after_id, up_to, count, hash, at, form, former_hash, emptied_at from audit_seal
    where after_id >= ${before?.up_to ?? 0} order by after_id limit ${SEALS}`;
  const [found, lines] = query(
    seals,
    `select id, ${LINE} as line, ${WHOLE} as whole, ${WHO} as who, who_salt, who_digest, ${WHAT} as what, what_salt, what_digest,
      iif(who_digest is null, 0, ${WHO_ERASED}) as who_erased, iif(what_digest is null, 0, ${WHAT_ERASED}) as what_erased
      from audit_entry e where id > ${start()} and id <= (select max(up_to) from (${seals})) order by id`,
  );
  if (found.length === 0) break;
  for (const seal of found) {
    const own = lines.filter(({ id }) => id > start() && id <= seal.up_to);
    if (seal.emptied_at !== null) {
      // Where the chain begins nothing is left of the entries.
      const oldEnough = seal.at < seal.emptied_at - SHORTEST && seal.emptied_at <= Date.now();
      if (before !== null || own.length > 0 || !oldEnough) broken(before?.up_to ?? 0, seal.up_to);
      removed = seal;
    } else if (!holds(before, seal, own)) broken(before?.up_to ?? 0, seal.up_to);
    before = seal;
    sealed += own.length;
    seen ||= seal.hash === known || seal.former_hash === known;
  }
}
const upTo = before?.up_to ?? 0;
const [[{ waiting }], [{ first }]] = query(
  `select count(*) as waiting from audit_entry where id > ${upTo}`,
  `select min(at) as first from audit_entry`,
);
if (!seen && !removed) {
  console.error(
    `NOT intact: no seal has the hash ${known}. The chain was made anew since you wrote it down.`,
  );
  process.exit(1);
}
console.log(`Intact: ${sealed} entries, up to entry ${upTo}. ${waiting} newer ones are not sealed yet.`);
if (removed)
  console.error(
    `REMOVED: all entries up to ${removed.up_to}, sealed until ${day(removed.at)}; last on ${day(removed.emptied_at)}. What is left begins on ${first === null ? 'no day' : day(first)}. ` +
      'The site does this if it was told to keep entries for some years ("Audit Log", "Keep entries"). If it was not, somebody else did.',
  );
if (before) console.log(`Write this down elsewhere: npm run audit:verify -- --knows ${before.hash}`);
if (!seen) {
  console.error(
    `No seal has the hash ${known}. It belongs to entries that were removed, or the chain was made anew since you wrote it down.`,
  );
  process.exit(3);
}
