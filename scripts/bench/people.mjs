// Who visits a filled site (tests/bench/site.ts), and what their pages ask of its database.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Visitor } from './visitor.mjs';

/** Besides the administrator. */
export const COLLEAGUES = 12;

export function temporary() {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function signedIn(origin, email, password) {
  const visitor = new Visitor(origin);
  await visitor.submit('/login', '', { email, password });
  if (!visitor.cookies.has('foyer')) await typeCode(visitor, email);
  return visitor;
}

/** One person may not search as often as a benchmark. */
export const colleagues = async (origin, password) =>
  Promise.all(
    Array.from({ length: COLLEAGUES }, (_, n) => signedIn(origin, `user${n + 1}@foyer.example`, password)),
  );

export async function typeCode(visitor, email) {
  const page = await visitor.open('/verify');
  const mails = JSON.parse((await visitor.open('/dev/mailbox.json')).text);
  const mail = mails.find((one) => one.to === email);
  const code = /\b\d{6}\b/.exec(mail.text)[0];
  return visitor.submit('/verify', '?/verify', { code }, page);
}

/** Where the change feed stands, from the data of the page that would ask it. */
export async function placeOf(visitor, space) {
  const { text } = await visitor.open(`/spaces/${space}`);
  const place = /\bseq:"([^"]*)"/.exec(text)?.[1];
  if (!place) throw new Error('the page does not say where its change feed stands');
  return place;
}

/** What it asks of the database, and how long it takes if each answer takes 120 ms. */
export async function meter(visitor, path) {
  const near = await visitor.ask(path, { headers: { 'x-bench-delay': '0' } });
  const far = await visitor.ask(path, { headers: { 'x-bench-delay': '120' } });
  return { ...JSON.parse(near.headers['x-bench-figures']), farMs: far.ms };
}
