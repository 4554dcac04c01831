// `npm run doctor`: checks what a deployment needs, and says how to fix what is wrong. Changes nothing. What it cannot check is
// reported, but is not a problem. Exit code 1 means that there is one.
import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, toolEnv } from './lib/run.mjs';
import { folder } from './lib/state.mjs';

const SECRETS = ['FOYER_SECRET', 'MAILCHANNELS_API_KEY', 'DKIM_PRIVATE_KEY'];
let problems = 0;
let unchecked = 0;

const title = (text) => console.log(`\n${text}`);
const ok = (text) => console.log(`  ok               ${text}`);
/** Not a problem. */
const advice = (text, todo) => console.log(`  advice           ${text}\n                   → ${todo}`);
function unknown(text, todo) {
  unchecked++;
  console.log(`  could not check  ${text}\n                   → ${todo}`);
}
function problem(text, todo) {
  problems++;
  console.log(`  PROBLEM          ${text}\n                   → ${todo}`);
}
const check = (right, text, wrong, todo) => (right ? ok(text) : problem(wrong, todo));

if (!existsSync(join(root, 'node_modules/wrangler'))) {
  console.error('The packages aren’t installed. Run: npm ci');
  process.exit(1);
}

/** Seconds per tool. A busy machine needs 10 s for what a quiet one does in 2. */
const PATIENCE = Number(process.env.FOYER_DOCTOR_SECONDS || 90);
const tooLong = `It didn’t finish within ${PATIENCE} seconds. Run npm run doctor again when the machine is less busy.`;

console.log('Checking … (this can take a minute or two on a busy machine)');
// Slow checks start at once, each with a time limit.
const account = wrangler(['whoami', '--json']).then(async (who) => {
  const loggedIn = /"loggedIn":\s*(true|false)/.exec(who.out)?.[1];
  if (loggedIn !== 'true') return { ...who, loggedIn };
  const [secrets, remote] = await Promise.all([
    wrangler(['secret', 'list', '--format', 'json']),
    wrangler(['d1', 'migrations', 'list', 'DB', '--remote']),
  ]);
  return { loggedIn, secrets, remote };
});
const local = existsSync(join(folder, 'v3'))
  ? wrangler(['d1', 'migrations', 'list', 'DB', '--local', '--persist-to', folder])
  : null;
const read = await readConfig();
const { config } = read;
const domain = config?.vars.MAIL_DOMAIN;
const dns = config && !placeholder(domain) ? lookUp(domain, config.vars) : null;

title('This machine');
const node = /^v(\d+)\S*/.exec((await tool('node', ['--version'])).out);
if (!node) unknown('the version of Node', tooLong);
else
  check(
    Number(node[1]) >= 22,
    `Node ${node[0]} for the tools`,
    `Node ${node[0]} is too old for wrangler`,
    'Run npm ci (it brings a newer one), or install Node 22 or newer.',
  );
if (!local) ok('No local state yet: npm start creates it');
else reportMigrations(await local, 'Local database', 'Run npm start, which migrates it.');

title('wrangler.toml');
if (config) reportConfig(config);
else if (read.timedOut) unknown('wrangler.toml', tooLong);
else problem('wrangler can’t read it', `It says: ${read.why}`);

title('Cloudflare account');
const there = await account;
if (there.loggedIn === 'true') {
  reportSecrets(there.secrets);
  reportMigrations(there.remote, 'Production database', 'Run npx wrangler d1 migrations apply DB --remote');
} else {
  const why = there.timedOut
    ? tooLong
    : there.loggedIn === 'false'
      ? 'Run npx wrangler login (or set CLOUDFLARE_API_TOKEN), then npm run doctor again.'
      : `wrangler whoami didn’t answer${there.why ? `: ${there.why}` : ''}. Try again when you’re online.`;
  unknown('secrets', why);
  unknown('migrations of the production database', why);
}

title('DNS for mail');
if (!dns)
  unknown('DNS', config ? 'Set MAIL_DOMAIN in wrangler.toml first.' : 'This needs wrangler.toml, see above.');
else reportDns(await dns);

const found = problems === 0 ? 'No problems found' : problems === 1 ? '1 problem' : `${problems} problems`;
console.log(
  `\n${found}${unchecked ? `; couldn’t check ${unchecked === 1 ? '1 thing' : `${unchecked} things`}` : ''}.`,
);
process.exit(problems ? 1 : 0);

function reportConfig({ vars, ...config }) {
  check(
    /^https:\/\/[^/]+$/.test(vars.ORIGIN ?? '') && !placeholder(vars.ORIGIN),
    `ORIGIN is ${vars.ORIGIN}`,
    `ORIGIN is ${vars.ORIGIN}`,
    'Set it to the address of your site: https://…, with no path and no slash at the end.',
  );
  check(
    !placeholder(vars.MAIL_DOMAIN),
    `MAIL_DOMAIN is ${vars.MAIL_DOMAIN}`,
    `MAIL_DOMAIN is ${vars.MAIL_DOMAIN}`,
    'Set it to the domain your e-mail is sent from.',
  );
  check(
    vars.MAIL_TRANSPORT === 'mailchannels',
    'MAIL_TRANSPORT is mailchannels',
    `MAIL_TRANSPORT is ${vars.MAIL_TRANSPORT}`,
    'Set it to "mailchannels". No other transport sends e-mail.',
  );
  check(
    vars.DKIM_DOMAIN && vars.DKIM_SELECTOR,
    `DKIM is signed as ${vars.DKIM_SELECTOR}._domainkey.${vars.DKIM_DOMAIN}`,
    'DKIM_DOMAIN or DKIM_SELECTOR is missing',
    'Set both under [vars]: without a DKIM signature, most e-mail ends up in spam.',
  );
  const forbidden = [
    'FOYER_LOCAL',
    'FOYER_SEED',
    'FOYER_INLINE_MAIL',
    ...SECRETS,
    'FOYER_SECRET_PREVIOUS',
    'SETUP_TOKEN',
  ].filter((name) => name in vars);
  check(
    !forbidden.length,
    'Nothing under [vars] is secret or for local use only',
    `[vars] contains ${forbidden.join(', ')}`,
    'Remove it. Secrets are set with npx wrangler secret put NAME.',
  );
  check(
    config.routes?.length,
    'A route leads to the Worker',
    'No route leads to the Worker',
    'Add routes = [{ pattern = "<host of ORIGIN>", custom_domain = true }].',
  );
  const id = (binding, value) =>
    check(
      value && !/^[0-]+$/.test(value),
      `${binding} has its id`,
      `${binding} has no id yet`,
      `Run the create command in docs/deploy.md and put the id it prints into wrangler.toml.`,
    );
  if (vars.SECURITY_CONTACT) ok(`SECURITY_CONTACT is ${vars.SECURITY_CONTACT}`);
  else
    advice(
      'SECURITY_CONTACT is not set: nobody is told where to report a weakness',
      'Set it to an address, such as "mailto:security@…", and /.well-known/security.txt shows it.',
    );
  id('D1 database DB', config.d1_databases.find(({ binding }) => binding === 'DB')?.database_id);
  id('KV namespace KV', config.kv_namespaces.find(({ binding }) => binding === 'KV')?.id);
  const consumer = config.queues.consumers?.find(
    ({ queue }) => queue === config.queues.producers?.find(({ binding }) => binding === 'MAIL_QUEUE')?.queue,
  );
  check(
    consumer?.dead_letter_queue,
    `Queue ${consumer?.queue} with dead letters in ${consumer?.dead_letter_queue}`,
    'MAIL_QUEUE has no consumer with a dead-letter queue',
    'Restore the [[queues…]] sections of wrangler.toml.',
  );
  check(
    config.triggers.crons?.length,
    `Cron: ${config.triggers.crons?.join(', ')}`,
    'No Cron Trigger',
    'Restore [triggers] crons = ["* * * * *"].',
  );
}

function placeholder(value) {
  return !value || /(^|[/.])example\.(com|org|net)/.test(value);
}

async function readConfig() {
  const script = `
    const { unstable_readConfig } = await import('wrangler');
    console.log('CONFIG' + JSON.stringify(unstable_readConfig({ config: 'wrangler.toml' }, { hideWarnings: true })));
    process.exit(0);`;
  const result = await tool('node', ['--input-type=module', '-e', script]);
  const json = /^CONFIG(.*)$/m.exec(result.out)?.[1];
  return json ? { config: JSON.parse(json) } : result;
}

function reportSecrets({ code, out, timedOut, why }) {
  if (timedOut) return unknown('secrets', tooLong);
  if (code)
    return unknown(
      'secrets',
      /10007|not (found|exist)/i.test(why)
        ? 'Deploy once (npm run deploy): secrets belong to a Worker that exists.'
        : `wrangler could not list them: ${why}`,
    );
  const names = JSON.parse(out.slice(out.indexOf('['))).map(({ name }) => name);
  for (const name of SECRETS)
    check(names.includes(name), `${name} is set`, `${name} is missing`, `npx wrangler secret put ${name}`);
  if (names.includes('SETUP_TOKEN'))
    ok('SETUP_TOKEN is set (after /setup: npx wrangler secret delete SETUP_TOKEN)');
  else
    ok('SETUP_TOKEN is not set: /setup is closed (a new site needs it: npx wrangler secret put SETUP_TOKEN)');
}

function reportMigrations({ code, out, timedOut, why }, what, todo) {
  if (timedOut) return unknown(`${what}: migrations`, tooLong);
  if (code) return unknown(`${what}: migrations`, `wrangler could not list them: ${why}`);
  const pending = [...new Set(out.match(/\b\d{4}_[\w-]+\.sql\b/g))];
  check(
    !pending.length,
    `${what}: no migration is pending`,
    `${what}: ${pending.length === 1 ? 'one migration' : `${pending.length} migrations`} pending`,
    todo,
  );
}

async function lookUp(domain, { DKIM_SELECTOR, DKIM_DOMAIN = domain }) {
  const resolver = new Resolver({ timeout: 2500, tries: 2 });
  const txt = async (name) => {
    try {
      return { name, found: (await resolver.resolveTxt(name)).map((parts) => parts.join('')) };
    } catch ({ code }) {
      return { name, found: ['ENODATA', 'ENOTFOUND'].includes(code) ? [] : null };
    }
  };
  const names = [
    'relay.mailchannels.net', // is there a DNS at all?
    domain,
    `${DKIM_SELECTOR}._domainkey.${DKIM_DOMAIN}`,
    `_dmarc.${domain}`,
    `_mailchannels.${domain}`,
  ];
  return Promise.all(names.map(txt));
}

function reportDns([control, spf, dkim, dmarc, lockdown]) {
  const record = ({ name, found }, pattern, what, todo) => {
    if (!control.found?.length || !found)
      return unknown(`${what} (TXT ${name})`, 'No answer from DNS. Try again when you’re online.');
    const all = found.filter((text) => pattern.test(text));
    check(all.length, `${what}: TXT ${name}`, `${what}: no such TXT record at ${name}`, `Add: ${todo}`);
  };
  record(
    spf,
    /^v=spf1 .*include:relay\.mailchannels\.net/,
    'SPF',
    'v=spf1 include:relay.mailchannels.net -all',
  );
  record(dkim, /(^|;)\s*p=\w+/, 'DKIM', 'v=DKIM1; k=rsa; p=<public key> (docs/deploy.md makes it)');
  record(dmarc, /^v=DMARC1/, 'DMARC', 'v=DMARC1; p=quarantine; rua=mailto:<your mailbox>');
  record(lockdown, /^v=mc1\b.*\bauth=/, 'Domain lockdown', 'v=mc1 auth=<your MailChannels account id>');
}

function wrangler(args) {
  return tool('wrangler', args);
}

/** Runs a tool. Never throws, never asks. `why` is its last line on failure. */
function tool(command, args) {
  return new Promise((done) => {
    const options = {
      cwd: root,
      env: toolEnv({ NO_COLOR: '1' }),
      timeout: PATIENCE * 1000,
      killSignal: 'SIGKILL',
      maxBuffer: 32 * 1024 * 1024,
    };
    const child = execFile(command, args, options, (error, out, err) => {
      const said = `${err}\n${out}`.split('\n').map((line) => line.trim());
      const why = said.find((line) => /error/i.test(line)) ?? said.filter(Boolean).at(-1) ?? '';
      done({ code: error ? 1 : 0, out, timedOut: error?.killed === true, why: why.slice(0, 300) });
    });
    child.stdin.end();
  });
}
