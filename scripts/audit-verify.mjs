// `npm run audit:verify`: follows the audit's chain, on the local database or, with --remote, on the deployed one. Changes nothing.
// Exit code 1: an entry was changed, removed or inserted. src/lib/server/audit-log/chain.ts has the same rules.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { root, toolEnv } from './lib/run.mjs';
import { folder } from './lib/state.mjs';

const LINE =
  'json_array(id, at, action, actor_id, actor_name, subject, space_id, detail, ip, tally, count, last_at)';
const SEALS = 20;

const args = process.argv.slice(2);
const remote = args.includes('--remote');
const known = args.includes('--knows') ? args[args.indexOf('--knows') + 1] : null;
const where = remote ? ['--remote'] : ['--local', '--persist-to', folder];

function query(...statements) {
  const out = execFileSync(
    'wrangler',
    ['d1', 'execute', 'DB', ...where, '--json', '--command', statements.join('; ')],
    { cwd: root, env: toolEnv({ CI: 'true' }), encoding: 'utf8', maxBuffer: 1 << 29 },
  );
  return JSON.parse(out.slice(out.indexOf('['))).map(({ results }) => results);
}

const hashOf = (before, lines) =>
  createHash('sha256')
    .update([before, ...lines.map(({ line }) => line)].join('\n'))
    .digest('base64url');

// No real entry is below 1: one that was put there is in no seal.
const start = () => upTo || Number.MIN_SAFE_INTEGER;
let [upTo, hash, sealed, seen] = [0, '', 0, known === null];
for (;;) {
  const seals = `select after_id, up_to, count, hash from audit_seal where after_id >= ${upTo} order by after_id limit ${SEALS}`;
  const [found, lines] = query(
    seals,
    `select id, ${LINE} as line from audit_entry where id > ${start()} and id <= (select max(up_to) from (${seals})) order by id`,
  );
  if (found.length === 0) break;
  for (const seal of found) {
    const own = lines.filter(({ id }) => id > start() && id <= seal.up_to);
    const whole = seal.after_id === upTo && own.length === seal.count;
    if (!whole || hashOf(hash, own) !== seal.hash) {
      console.error(
        `NOT intact: after entry ${upTo}, up to entry ${seal.up_to}, something was changed, removed or inserted.`,
      );
      process.exit(1);
    }
    [upTo, hash] = [seal.up_to, seal.hash];
    sealed += own.length;
    seen ||= hash === known;
  }
}
const [[{ waiting }]] = query(`select count(*) as waiting from audit_entry where id > ${upTo}`);
if (!seen) {
  console.error(
    `NOT intact: no seal has the hash ${known}. The chain was made anew since you wrote it down.`,
  );
  process.exit(1);
}
console.log(`Intact: ${sealed} entries, up to entry ${upTo}. ${waiting} newer ones are not sealed yet.`);
if (hash) console.log(`Write this down elsewhere: npm run audit:verify -- --knows ${hash}`);
