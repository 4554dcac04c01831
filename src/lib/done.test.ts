import { expect, it } from 'vitest';
import { doneWords } from './done';
import { loadTranslator } from './messages';

const t = await loadTranslator('en');
const said = (address: string, fields: Record<string, string> = {}) => {
  const sent = new FormData();
  for (const [name, value] of Object.entries(fields)) sent.set(name, value);
  return doneWords(t, new URL(address, 'http://localhost'), sent);
};

/** The pages of these say it in a notice, or lead to one that does. */
const notices = [
  '/me profile picture removePicture notifications email emailAgain emailCancel password endSessions endTrust renew delete',
  '/spaces/7 invite leave delete',
  '/spaces/7/files/[file] default',
  '/spaces/7/settings/general default',
  '/spaces/7/access/[guest] extend decline',
  '/spaces/7/settings/guests access resend resendAll copy dismiss delete',
  '/spaces/7/settings/guests/invite default',
  '/spaces/7/settings/template default',
  '/admin/appearance save preview',
  '/admin/audit keep',
  '/admin/authentication default',
  '/admin/guests/[guest] access deactivate reactivate endSessions address addressAgain addressCancel makeUser mailReset password code remove',
  // These say what came of each row.
  '/admin/guests/import mend send',
  '/admin/guests/many/[run] step again',
  '/admin/login-security save unlock',
  '/admin/guests many deactivate reactivate delete',
  '/admin/mail again all test',
  '/admin/mail/texts save preview',
  '/admin/permissions default',
  '/admin/spaces restore storage',
  '/admin/spaces/7/administrator default',
  '/admin/templates change delete hide import',
  '/admin/users invite resend cancel permissions deactivate reactivate',
  // The code is on the page.
  '/admin/users/[user] reset code',
  '/admin/users/import default',
].flatMap((line) => {
  const [page, ...names] = line.split(' ');
  return names.map((name) => `${page} ${name}`);
});
/** The browser sends the one itself, and nobody has pressed the other. `later`, `react` and `tick` are pressed buttons; `hello` leads elsewhere. */
const silent = [
  '/me signOut',
  '/me zone',
  ...['', '/notifications'].map((page) => `${page || '/'} later`),
].concat('/spaces/7 hello', '/spaces/7/threads/8 react', '/spaces/7/threads/8 tick');

const sources = import.meta.glob<string>('../routes/\\(a*\\)/**/+page.server.ts', {
  eager: true,
  query: '?raw',
  import: 'default',
});
const actions = Object.entries(sources).flatMap(([file, code]) => {
  const page =
    file
      .replace('../routes', '')
      .replace('/+page.server.ts', '')
      .replace(/\/\([a-z]+\)/g, '')
      .replace('[id=id]', '7')
      .replace('[thread=id]', '8') || '/';
  const [, own = ''] = code.split('export const actions');
  return [...own.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => [page, name!] as const);
});

it('every success says what was done, on its page or in these words', () => {
  expect(actions.length).toBeGreaterThan(45);
  const wordless = actions
    .filter(([page, name]) => said(name === 'default' ? page : `${page}?/${name}`) === null)
    .map(([page, name]) => `${page} ${name}`);
  expect(wordless.filter((action) => ![...notices, ...silent].includes(action))).toEqual([]);
});

it('a switch says which way it was turned', () => {
  expect(said('/spaces/7/threads/8?/follow', { on: 'on' })).toBe('You follow this thread now.');
  expect(said('/spaces/7/threads/8?/follow', { on: '' })).toBe('You don’t follow this thread any more.');
  expect(said('/spaces/7/settings/members?/remove&find=mia')).toBe('Removed from the space.');
});
