// Nothing typed is lost by a reload, Back or a second tab: every form with text has a draft, or a reason below. Reads the sources
// as text.
import { expect, it } from 'vitest';

const sources = import.meta.glob('/src/**/*.svelte', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

const TYPED = /^(?:text|email|url|tel|number)$/;
/** Neither a secret nor a search. */
const isTyped = (tag: string): boolean => {
  const [, name] = /^<(\w+)/.exec(tag)!;
  if (/^(?:TextArea|Composer|textarea)$/.test(name!)) return true;
  if (
    !/^(?:Field|EmailField|input)$/.test(name!) ||
    /\shidden\b/.test(tag.replace(/\btype="hidden"/, ' hidden'))
  )
    return false;
  const [, type = 'text'] = /\btype="(\w+)"/.exec(tag) ?? [];
  return TYPED.test(type) && !/\btype=\{/.test(tag);
};

/** Tags may contain > in expressions. */
const tags = (text: string): string[] =>
  text.match(/<[A-Za-z](?:[^<>{}]|\{(?:[^{}]|\{[^{}]*\})*\})*>/g) ?? [];
const componentsIn = (text: string): string[] =>
  tags(text).flatMap((tag) => {
    const name = /^<([A-Z]\w*)/.exec(tag)?.[1];
    return name ? Object.keys(sources).filter((path) => path.endsWith(`/${name}.svelte`)) : [];
  });

/** Whether this part of a page, or a component in it, has such a field. */
function isWritten(piece: string): boolean {
  const markup = piece.replace(/<script\b[^]*?<\/script>|<style\b[^]*?<\/style>|<!--[^]*?-->/g, '');
  return tags(markup).some(isTyped) || ownParts(markup).some((path) => isWritten(sources[path]!));
}
/** Whether a component contains such fields. */
const ownParts = (markup: string) =>
  componentsIn(markup).filter(
    (path) =>
      !/\/(?:Field|EmailField|TextArea|Composer|Select|Checkbox|RadioGroup|DraftKeeper)\.svelte$/.test(path),
  );

interface Found {
  path: string;
  form: string;
}
const forms: Found[] = Object.entries(sources).flatMap(([path, text]) =>
  (text.match(/<(form|Form|AuthForm|ConfirmDialog|InvitationForm)\b[^]*?<\/\1>/g) ?? []).map((form) => ({
    path,
    form,
  })),
);
const posted = forms.filter(({ form }) => !/method="get"/.test(form) && isWritten(form));

/** Forms without a draft, and why. */
const others: [path: RegExp, form: RegExp, why: string][] = [
  [/\/\((?:public|pending)\)\//, /./, 'nobody is signed in whose draft it could be'],
  [/\/dev\/components\//, /./, 'a sample, which nobody sends'],
  [
    /\(tabs\)\/\+page\.svelte/,
    /name="typed"/,
    'the name of the space, as a confirmation that it is to be deleted',
  ],
  [/\(app\)\/me\//, /erase\./, 'the own address, as a confirmation that the account is to be deleted'],
  [/./, /<SponsorField\b/, 'a name in a dialog, which a list offers'],
  [/\(app\)\/me\//, /\?\/email"/, 'an address with a password, which no draft may keep'],
];

const has = (form: string) =>
  /<DraftKeeper\b/.test(form) || /<(?:Composer|InvitationForm)\b[^]*?\bdraft=/.test(form);

it('every form with something to type keeps a draft, or has a reason not to', () => {
  const silent = posted
    .filter(
      ({ path, form }) => !has(form) && !others.some(([where, what]) => where.test(path) && what.test(form)),
    )
    .map(({ path, form }) => `${path}: ${form.slice(0, 120)}`);
  expect(silent).toEqual([]);
});

it('each reason still belongs to a form', () => {
  for (const [where, what, why] of others)
    expect(
      posted.some(({ path, form }) => where.test(path) && what.test(form) && !has(form)),
      why,
    ).toBe(true);
});

it.each([
  ['admin/users', 'invite-user'],
  ['admin/users/import', 'import-users'],
  ['admin/spaces', 'storage'],
  ['admin/templates', 'change-template'],
  ['admin/authentication', 'authentication'],
  ['admin/login-security', 'login-security'],
  ['(app)/me', 'me'],
  ['spaces/new', 'new-space'],
  ['settings/general', 'settings'],
  ['settings/guests/invite', 'invite'],
  ['(tabs)/FirstInvitation.svelte', 'first-invitation-'],
  ['components/FirstSight.svelte', 'own-company'],
  ['settings/template', 'template'],
  ['new-thread', 'new-thread'],
  ['[id=id]/Discussion.svelte', 'edit-'],
  ['[id=id]/Discussion.svelte', 'thread-'],
])('%s is seen as a form that is typed into, with the draft %s', (path, name) => {
  const there = posted.filter((found) =>
    found.path.includes(path.endsWith('.svelte') ? path : `${path}/+page.svelte`),
  );
  expect(there.some(({ form }) => new RegExp(`(?:name|draft)="${name}`).test(form))).toBe(true);
});

it('no two forms have the same draft', () => {
  const names = posted.flatMap(({ form }) =>
    [...form.matchAll(/<DraftKeeper\b[^>]*?\bname="([^"]+)"|\bdraft="([^"]+)"/g)].map(
      (match) => match[1] ?? match[2]!,
    ),
  );
  expect(names.length).toBeGreaterThan(10);
  expect(new Set(names).size).toBe(names.length);
});
