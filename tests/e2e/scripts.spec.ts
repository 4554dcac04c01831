/** The commands explain problems in a sentence, and report nothing that they could not check. No browser is used. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './test';

/** `code` is null if we ended it. */
const node = (args: string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number | null; said: string }>((done) => {
    const options = { env: { ...process.env, ...env }, timeout: 25_000 };
    execFile(process.execPath, args, options, (error, out, err) =>
      done({ code: error ? ((error.code as unknown as number) ?? null) : 0, said: out + err }),
    );
  });

test('npm run doctor › a check that took too long is reported, and is never a problem', async () => {
  const { code, said } = await node(['scripts/doctor.mjs'], { FOYER_DOCTOR_SECONDS: '0.05' });
  expect(said).not.toContain('PROBLEM');
  expect(said).not.toContain('wrangler login');
  expect(said).toContain('It didn’t finish within 0.05 seconds');
  expect(said).toContain('No problems found; couldn’t check');
  expect(code).toBe(0);
});

test('npm start › a folder that cannot be written to is named, with what to do', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-scripts-'));
  writeFileSync(join(folder, 'file'), '');
  for (const [state, why] of [
    [join(folder, 'file'), 'a file of that name is in the way'],
    [join(folder, 'file/state'), 'a part of the path is a file'],
    ['/proc/foyer', 'the folder can’t be created there'],
  ] as const) {
    if (state.startsWith('/proc') && process.platform !== 'linux') continue;
    const { code, said } = await node(['scripts/start.mjs'], { FOYER_STATE: state, PORT: '8786' });
    expect(said, state).toContain(`Foyer can’t write to ${state}: ${why}`);
    expect(said, state).toContain('FOYER_STATE=');
    expect(said, state).not.toContain('\n    at ');
    expect(code, state).toBe(1);
  }
  rmSync(folder, { recursive: true });
});

test('npm start › an old Node is refused with the version that is needed', async () => {
  const old = `Object.defineProperty(process, 'versions', { value: { node: '18.20.8' } });`;
  const { code, said } = await node(['-e', `${old} require('./scripts/lib/require-node.cjs')`]);
  expect(said).toContain('Foyer needs Node 20 or newer. This is Node 18.20.8.');
  expect(code).toBe(1);
});

test('npm start › its log contains no address of a request, and so no link of an invitation', async ({
  request,
}) => {
  const state = process.env.FOYER_E2E_STATE;
  test.skip(!state, 'somebody else runs the site');
  await request.get('/signup/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnop');
  await request.get('/reset/abcdefghijklmnopqrstuvwxyz234567abcdefgh');
  expect(readFileSync(join(state!, 'log.txt'), 'utf8')).not.toMatch(/\/(signup|reset)\/(?!\[token\])/);
});
