// `npm run admin:let-in -- ava@foyer.example "why"`: a link by which an administrator chooses a new password, once, within half an hour. For
// when mail is down and no administrator can log in. Whoever may write the database may do everything anyway; the audit says that it was done.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, toolEnv } from './lib/run.mjs';
import { folder, port } from './lib/state.mjs';

const MINUTES = 30;
const args = process.argv.slice(2);
const remote = args.includes('--remote');
const [email = '', reason = ''] = args.filter((arg) => arg !== '--remote');
const where = remote ? ['--remote'] : ['--local', '--persist-to', folder];

function stop(words) {
  console.error(words);
  process.exit(1);
}
if (!/^[^\s'";@]+@[^\s'";@]+$/.test(email) || reason.trim().length < 3)
  stop('Use: npm run admin:let-in -- ADDRESS "WHY" [--remote]. The audit log keeps the reason.');

/** Only into SQL: nothing that could end a string. */
const plain = (text) => text.replace(/[^\p{L}\p{N} .,:()_-]/gu, ' ').slice(0, 200);
const origin = remote
  ? /^ORIGIN = "([^"]+)"/m.exec(readFileSync(join(root, 'wrangler.toml'), 'utf8'))?.[1]
  : `http://localhost:${port}`;

/** As randomToken and hashToken of src/lib/server/crypto.ts. */
const letters = 'abcdefghijklmnopqrstuvwxyz234567';
const token = [...randomBytes(40)].map((byte) => letters[byte % 32]).join('');
const hash = createHash('sha256').update(token).digest('base64url');
const now = Date.now();
const who = `from user where email = '${email.toLowerCase()}' and kind = 'user' and administrator = 1 and status = 'active'`;

const out = execFileSync(
  'wrangler',
  [
    ...['d1', 'execute', 'DB', ...where, '--json', '--command'],
    [
      `insert into password_reset (token_hash, user_id, created_at, expires_at) select '${hash}', id, ${now}, ${now + MINUTES * 60_000} ${who}`,
      `insert into audit_entry (at, action, actor_name, subject, detail, ip) select ${now}, 'account.let-in', 'npm run admin:let-in', 'user:' || id, json_object('reason', '${plain(reason)}'), '' ${who}`,
      `select count(*) as made from password_reset where token_hash = '${hash}'`,
    ].join('; '),
  ],
  { cwd: root, env: toolEnv({ CI: 'true' }), encoding: 'utf8' },
);
const made = JSON.parse(out.slice(out.indexOf('['))).at(-1).results[0].made;
if (made !== 1) stop('There is no active administrator of the site with this address.');
console.log(`Open within ${MINUTES} minutes, once: ${origin}/reset/${token}`);
console.log('It ends all sessions of this account. The account is told by e-mail once mail works again.');
