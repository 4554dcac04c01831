/** Architecture rule 7: posts must carry exactly the configured origin. Asks the built worker with near misses. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import worker from 'sveltekit-worker';
import { beforeAll, expect, test } from 'vitest';
import type { Env } from '../src/lib/server/context';
import { bindings, ORIGIN } from './contexts';
import { site as settings } from './factories';
import { numbers } from './helpers';

beforeAll(() => settings({ setUp: true }));

const production: Env = {
  ...bindings,
  ORIGIN: 'https://guests.example.com',
  FOYER_LOCAL: undefined,
  MAIL_TRANSPORT: 'mailchannels',
  MAILCHANNELS_API_KEY: 'key',
};

/** 403, or the form's own answer to an empty form. */
async function post(site: string, origin: string | null, env: Env, method = 'POST'): Promise<number> {
  const headers = new Headers({ accept: 'text/html', host: new URL(site).host });
  if (origin !== null) headers.set('origin', origin);
  const request = new Request(`${site}/login`, {
    method,
    headers,
    body: new URLSearchParams({ email: '', password: '' }),
    redirect: 'manual',
  });
  const execution = createExecutionContext();
  const response = await worker.fetch!(request as never, env, execution);
  await waitOnExecutionContext(execution);
  return response.status;
}

/** Near misses of `https://guests.example.com`. */
const near = (origin: string): (string | null)[] => {
  const { protocol, host, hostname, port } = new URL(origin);
  const other = protocol === 'https:' ? 'http:' : 'https:';
  return [
    null,
    '',
    'null',
    'NULL',
    'undefined',
    `${other}//${host}`,
    `${protocol}//${hostname}:${port ? Number(port) + 1 : 8443}`,
    `${protocol}//${hostname}:${protocol === 'https:' ? 443 : 80}`,
    port ? `${protocol}//${hostname}` : `${origin}:443`,
    `${origin}/`,
    `${origin}/login`,
    `${origin}?`,
    `${origin}#`,
    `${origin}.`,
    `${protocol}//${hostname}.${port && `:${port}`}`,
    `${origin}.evil.example`,
    `${origin}@evil.example`,
    `${protocol}//evil.example#${host}`,
    `${protocol}//user@${host}`,
    `${protocol}//user:pass@${host}`,
    `${protocol}//evil.${host}`,
    `${protocol}//evil-${host}`,
    `${protocol}//${host.slice(1)}`,
    `${protocol}//${host.slice(0, -1)}`,
    `${protocol}//${host}0`,
    `${protocol}/${host}`,
    `${protocol}${host}`,
    `//${host}`,
    host,
    origin.toUpperCase(),
    origin.replace('e', 'E'),
    `${origin} ${origin}`,
    `${origin}, ${origin}`,
    `${origin},https://evil.example`,
    `https://evil.example, ${origin}`,
    `https://evil.example ${origin}`,
    `file://${host}`,
    `chrome-extension://${host}`,
    'http://localhost',
    'http://127.0.0.1:8787',
    'http://[::1]:8787',
  ].filter((one) => one !== origin);
};

for (const [site, env] of [
  ['https://guests.example.com', production],
  [ORIGIN, bindings],
] as const) {
  test(`${site}: its own origin, and no other that is near`, async () => {
    expect(await post(site, site, env)).toBe(400);
    for (const origin of near(site)) expect(await post(site, origin, env), String(origin)).toBe(403);
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect(await post(site, 'https://evil.example', env, method)).toBe(403);
  });

  test(`${site}: no origin that differs in one character, whichever it is`, async () => {
    const next = numbers(7);
    const alphabet = 'abcxyzABC0189.:/-_@#%?&, \u00e9';
    for (let i = 0; i < 400; i++) {
      const at = next(site.length + 1);
      const letter = alphabet[next(alphabet.length)]!;
      const changed = [
        site.slice(0, at) + letter + site.slice(at),
        site.slice(0, at) + letter + site.slice(at + 1),
        site.slice(0, at) + site.slice(at + 1),
      ][next(3)]!;
      // Values of headers are trimmed, so these are equal.
      if (changed.trim() === site) continue;
      const sent = encodeURI(changed).replaceAll('%20', ' ').replaceAll('%25', '%');
      expect(await post(site, sent, env), changed).toBe(403);
    }
  });
}
