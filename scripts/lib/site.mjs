// The running site: seed, health, cron, welcome.
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './net.mjs';
import { fail, saying } from './run.mjs';
import { demo, folder, logTail, origin, seedingDone, setupToken } from './state.mjs';

/** Seeds the demo and waits until the site is healthy. */
export async function ready(patience = 90_000) {
  console.log(demo ? 'Starting and setting up the demo …' : 'Starting …');
  await saying('Starting', () => waitUntilReady(patience));
}

async function waitUntilReady(patience) {
  const until = Date.now() + patience;
  let seeded = !demo;
  let answer = 'There was no answer.';
  while (Date.now() < until) {
    try {
      if (!seeded) {
        const options = { method: 'POST', headers: { Origin: origin }, timeout: patience };
        const { status, text } = await call(`${origin}/dev/seed`, options);
        seeded = status >= 200 && status < 300;
        answer = `POST /dev/seed answered ${status}. ${plain(text)}`;
        if (!seeded && status !== 503) break; // waiting will not change it
      }
      const { status, text } = await call(`${origin}/healthz`);
      if (seeded && status === 200) return seedingDone();
      if (seeded) answer = `GET /healthz answered ${status}. ${plain(text)}`;
    } catch {
      // It does not listen yet.
    }
    await sleep(100);
  }
  await sleep(500); // for the log
  await fail(
    `Foyer didn’t start. ${answer}\nIf the local state is broken, run: npm run reset\n\n${logTail()}`,
  );
}

const plain = (text) => (text.startsWith('<') ? '' : text.slice(0, 300));

/** As Cloudflare does in production. */
export function everyMinute(path, options) {
  let busy = false;
  const fire = async () => {
    if (busy) return;
    busy = true;
    const { status = 'nothing' } = await call(origin + path, { timeout: 55_000, ...options }).catch(
      () => ({}),
    );
    if (status !== 200 && status !== 204)
      console.error(`The scheduled work failed: ${path} answered ${status}.`);
    busy = false;
  };
  void fire();
  setInterval(fire, 60_000).unref();
}

export async function printWelcome() {
  const lines = ['', `Foyer is ready at ${origin}`, ''];
  if (demo)
    lines.push(
      '  ava@foyer.example     administrator',
      '  ben@foyer.example     user, can create guest spaces',
      '  cho@foyer.example     user',
      '  gil@partner.example   guest',
      '  The password for all four is foyer-demo-1',
      '',
      `  E-mails arrive at ${origin}/dev/mailbox`,
      '',
    );
  else if ((await call(`${origin}/setup`)).status === 200)
    lines.push(`  Set it up at ${origin}/setup`, `  Set-up token: ${setupToken()}`, '');
  console.log([...lines, `Press Ctrl-C to stop. Your data stays in ${folder}`].join('\n'));
}
