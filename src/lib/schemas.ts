/** Every input and its limits. Messages are keys of the dictionaries. */
import * as v from 'valibot';
import { covers } from './components/covers';
import { parse as parseColour } from './colour';
import { fileLimits } from './files';
import { isWebAddress, LONGEST_ADDRESS, read as readLink } from './links';
import { textKinds } from './mail-texts';
import { MANY } from './many';
import { locales, type Locale, type MessageKey } from './messages';
import { mailChoiceList, mailChoices } from './mail-choices';
import { HELLO } from './pages';
import { spaceCreatorChoices } from './roles';
import { absoluteLimits, idleLimits } from './session-limits';
import { mapOptions } from './space-options';
import { characters, longestRaw, manyLines, oneLine, shows } from './text';
import { limitsOfImport } from './user-list';
import { today } from './zones';

/** It comes with every session. */
const LONGEST_SECURE = 500;

const says = (key: MessageKey): string => key;

/** Lengths are in code points. */
export const limits = {
  spaceName: 128,
  name: 100,
  company: 100,
  siteName: 60,
  subject: 200,
  message: 4_000,
  /** Of a mail, for each kind. The settings come with every session. */
  introduction: 1_000,
  /** Above the login form. It comes with every session. */
  loginText: 600,
  /** Of somebody who declines. */
  reason: 500,
  announcement: 10_000,
  threadTitle: 200,
  body: 20_000,
  links: 20,
  linkTitle: 200,
  templateName: 30,
  templateDescription: 200,
  templateThreads: 10,
  addresses: 60_000,
} as const;

const atMost = (max: number, fits = (text: string) => characters(text) <= max) => {
  const limit = v.maxLength<string, number, string>(max, says('form.too-long'));
  const checked: typeof limit = {
    ...limit,
    '~run'(dataset, config) {
      if (dataset.typed && !fits(dataset.value))
        v._addIssue(checked, 'length', dataset, config, { received: `${dataset.value.length}` });
      return dataset;
    },
  };
  return checked;
};

/** Refuses far too long input before any other work. */
const bounded = (max: number) => atMost(max, (text) => text.length <= longestRaw(max));

const line = (max: number, required: MessageKey) =>
  v.pipe(
    v.string(says(required)),
    bounded(max),
    v.transform(oneLine),
    v.nonEmpty(says(required)),
    atMost(max),
  );

const optionalLine = (max: number) =>
  v.pipe(v.optional(v.string(), ''), bounded(max), v.transform(oneLine), atMost(max));

const lines = (max: number) =>
  v.pipe(v.optional(v.string(), ''), bounded(max), v.transform(manyLines), atMost(max));

/** Taken as typed; the domain checks the policy. 1,000 bounds the work. */
const passwordOr = (missing: MessageKey) =>
  v.pipe(v.string(says(missing)), v.nonEmpty(says(missing)), v.maxLength(1_000, says('form.too-long')));
const password = passwordOr('password.missing');
const email = v.pipe(
  v.string(says('address.missing')),
  bounded(320),
  v.trim(),
  v.nonEmpty(says('address.missing')),
  atMost(320),
);

const tick = v.pipe(
  v.optional(v.string(), ''),
  v.transform((value) => value !== ''),
);
const locale = v.picklist(locales as [Locale, ...Locale[]]);
const optionalLocale = v.pipe(
  v.optional(v.string(), ''),
  v.transform((value) => (locales.includes(value as Locale) ? (value as Locale) : null)),
);
/** The zone's current name, whatever name arrives. Empty: the browser's zone. */
const timeZone = v.pipe(
  v.optional(v.string(), ''),
  v.transform((value) => (value === '' ? '' : today(value))),
  v.string(says('form.invalid')),
  v.transform((value) => value || null),
);

/** Redirects and parts of a login: never a target after login. */
const NO_TARGET = /^\/(login|verify|terms|setup)(\/|$)/;

/** A path of our own to open after login, else `/`. Backslashes and double slashes would leave the site. */
export function ownPath(value: string | null | undefined): string {
  if (!value || value.length > 2_000 || !/^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(value)) return '/';
  try {
    const { origin, pathname } = new URL(value, 'http://own');
    const path = decodeURIComponent(pathname);
    return origin !== 'http://own' || path.startsWith('//') || NO_TARGET.test(path) ? '/' : value;
  } catch {
    return '/';
  }
}

const next = v.pipe(
  v.optional(v.string(), '/'),
  v.transform((value) => ownPath(value)),
);
/** Makes a form that is posted twice act once. */
const requestKey = v.pipe(v.string(), v.regex(/^[a-z2-7]{16,64}$/));
/** For forms with a secret: posted twice, it counts as one attempt. Invalid keys are ignored. */
const formKey = v.pipe(
  v.optional(v.string(), ''),
  v.transform((key) => (/^[a-z2-7]{40}$/.test(key) ? key : undefined)),
);
const id = v.pipe(v.string(), v.regex(/^[a-z2-7]{16}$/));
const preset = v.picklist(['documented', 'hardened']);

export const login = v.object({ email, password, next, formKey });
export const verifyCode = v.object({
  code: v.pipe(v.string(), v.nonEmpty(says('verify.missing')), v.maxLength(40, says('verify.wrong-format'))),
  trust: tick,
  formKey,
});
export const forgot = v.object({ email });
export const reset = v.object({ password });
/** Which terms the form showed (server/terms.ts). */
const shownTerms = v.optional(v.pipe(v.string(), v.maxLength(LONGEST_SECURE + 20)), '');
export const acceptTerms = v.object({ terms: shownTerms, next });
export const signUp = v.object({
  name: line(limits.name, 'form.name-missing'),
  company: optionalLine(limits.company),
  password,
  terms: shownTerms,
  formKey,
});
export const setUp = v.object({
  formKey,
  token: v.pipe(v.string(), v.nonEmpty(says('setup.token-missing')), v.maxLength(200)),
  siteName: line(limits.siteName, 'form.name-missing'),
  companyName: optionalLine(limits.company),
  name: line(limits.name, 'form.name-missing'),
  email,
  password,
  preset,
});

const spaceParts = {
  name: line(limits.spaceName, 'space.name-missing'),
  cover: v.pipe(v.string(says('space.cover-missing')), v.check(isCover, says('space.cover-missing'))),
  ...mapOptions(() => tick),
};
export const newSpace = v.object({
  ...spaceParts,
  requestKey,
  members: v.array(id),
  administrators: v.array(id),
  template: v.pipe(v.optional(v.string(), ''), v.maxLength(60)),
  people: v.pipe(v.optional(v.string(), ''), v.maxLength(200)),
  /** Without scripts, the last search that ran. If the box has changed, a press searches instead of saving. */
  searched: v.optional(v.pipe(v.string(), v.maxLength(200))),
});
/** The same form when only shown again: nothing has to be valid yet. */
export const unfinishedSpace = v.object(
  Object.fromEntries(
    Object.entries(newSpace.entries).map(([name, { type }]) => [
      name,
      // The size of the form bounds their number.
      type === 'array' ? v.array(v.string()) : v.optional(v.pipe(v.string(), v.maxLength(1_000))),
    ]),
  ) as Record<string, v.GenericSchema<unknown, string | string[] | undefined>>,
);

/** Which values the form showed (lib/server/stale.ts). */
const was = v.optional(v.pipe(v.string(), v.maxLength(2_000)));

const templateWords = {
  templateName: line(limits.templateName, 'template.name-missing'),
  description: optionalLine(limits.templateDescription),
};
export const newTemplate = v.object({ ...templateWords, requestKey });
export const changeTemplate = v.object({
  ...templateWords,
  id,
  updatedAt: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
  was,
});
export const hideTemplate = v.object({
  id: v.pipe(v.string(), v.regex(/^shipped:[a-z-]{1,40}$/)),
  hidden: tick,
});
export const importTemplate = v.object({ file: files(1) });

/** Strict: unknown keys are refused, not silently dropped. */
export const templateFile = v.strictObject({
  format: v.literal('foyer-space-template'),
  version: v.literal(1),
  name: line(limits.templateName, 'template.name-missing'),
  description: optionalLine(limits.templateDescription),
  content: v.strictObject({
    cover: v.pipe(
      v.optional(v.string(), covers[0]!.name),
      v.regex(/^[a-z0-9-]{1,40}$/),
      // A newer version may know more covers; the rest is still good.
      v.transform((name) => (covers.some((cover) => cover.name === name) ? name : covers[0]!.name)),
    ),
    ...mapOptions((option) => v.optional(v.boolean(), option.default)),
    announcement: lines(limits.announcement),
    threads: v.optional(
      v.pipe(
        v.array(
          v.pipe(
            v.strictObject({ title: optionalLine(limits.threadTitle), body: lines(limits.body) }),
            v.check(({ title, body }) => title !== '' || body !== ''),
          ),
        ),
        v.maxLength(limits.templateThreads),
      ),
      [],
    ),
    links: v.optional(
      v.pipe(
        v.array(
          v.strictObject({
            title: line(limits.linkTitle, 'template.name-missing'),
            url: v.pipe(
              v.string(),
              v.trim(),
              v.regex(/^https?:\/\/\S+$/i, says('template.file-link')),
              v.check(isWebAddress, says('template.file-link')),
            ),
          }),
        ),
        v.maxLength(limits.links),
      ),
      [],
    ),
  }),
});

const links = v.pipe(
  lines(limits.links * (limits.linkTitle + LONGEST_ADDRESS + 10)),
  v.transform((typed) => typed.split('\n').filter(shows)),
  v.maxLength(limits.links, says('links.too-many')),
  v.transform((rows) => rows.map(readLink)),
  v.check((list) => !list.includes(null), says('links.wrong')),
  v.transform((list) => list.filter((link) => link !== null)),
  v.check(
    (list) => list.every(({ title }) => characters(title) <= limits.linkTitle),
    says('links.long-title'),
  ),
);

/** When the shown values were saved: a stale form must not overwrite newer ones. */
const updatedAt = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number));
export const spaceSettings = v.object({
  ...spaceParts,
  announcement: lines(limits.announcement),
  links,
  updatedAt,
  was,
});

export const invite = v.object({
  requestKey: v.optional(requestKey),
  addresses: v.pipe(
    v.string(says('invite.addresses-missing')),
    bounded(limits.addresses),
    v.trim(),
    v.nonEmpty(says('invite.addresses-missing')),
    atMost(limits.addresses),
  ),
  accessEnds: v.optional(v.pipe(v.string(), v.regex(/^(\d{4}-\d\d-\d\d)?$/, says('access-end.no-day'))), ''),
  subject: line(limits.subject, 'invite.subject-missing'),
  message: lines(limits.message),
  locale,
  declinedToo: tick,
});
/** "This is not for me". */
export const decline = v.object({ reason: lines(limits.reason) });
/** The first guests of a space, with the ready text. */
export const firstInvitation = v.object({
  addresses: invite.entries.addresses,
  requestKey: invite.entries.requestKey,
});
/** The same, on the way to a text of one's own: nothing has to be valid yet. */
export const unfinishedInvitation = v.object({
  addresses: v.pipe(v.optional(v.string(), ''), bounded(limits.addresses)),
});
export const guestRef = v.object({
  ref: v.pipe(v.string(), v.regex(/^(invitation|guest|ended):[a-z2-7]{16}$/)),
});
/** Posted twice, it is done once. */
export const once = v.object({ requestKey: v.optional(requestKey) });
export const byId = v.object({ id });
/** Who answers for a guest, as typed: a name or an address. */
const person = v.pipe(v.optional(v.string(), ''), bounded(254), v.trim());
/** A day, or none. */
const day = v.optional(v.pipe(v.string(), v.regex(/^(\d{4}-\d\d-\d\d)?$/, says('access-end.no-day'))), '');
export const terms = v.object({ sponsor: person, accessEnds: day });
export const extension = v.object({ accessEnds: day });
export const guestTerms = v.object({ ...guestRef.entries, ...terms.entries });
/** Of the list of guests: what is done to whom: to `picks`, or to `all` that the address filters. Of an earlier run: to whom it refused. */
export const many = v.object({
  do: v.picklist(MANY, says('form.invalid')),
  all: tick,
  requestKey,
  picks: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:(?:invitation|guest):[a-z2-7]{16}(?: |$)){0,100}$/, says('form.invalid')),
    ),
    '',
  ),
});
/** Who runs the spaces of somebody who goes: the lists belong together; an empty one is nobody. */
export const deactivation = v.pipe(
  v.object({
    id,
    handOverTo: person,
    spaces: v.pipe(v.array(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))), v.maxLength(20)),
    successors: v.pipe(v.array(v.pipe(v.string(), v.regex(/^([a-z2-7]{16})?$/))), v.maxLength(20)),
  }),
  v.transform(({ id, handOverTo, spaces, successors }) => ({
    id,
    handOverTo,
    successors: spaces.flatMap((spaceId, i) => (successors[i] ? [{ spaceId, userId: successors[i] }] : [])),
  })),
);
export const requested = v.object({ requestKey });
export const handCode = v.object({ codeKey: requestKey });
export const member = v.object({ id, administrator: tick });

/** Left out by guests, who have no choice: everybody in the space. */
const audience = v.pipe(
  v.optional(v.picklist(['everyone', 'company']), 'everyone'),
  v.transform((chosen) => (chosen === 'company' ? ('company' as const) : null)),
);
const attached = {
  fileIds: v.pipe(v.array(id), v.maxLength(fileLimits.count, says('file.too-many'))),
  files: files(fileLimits.count),
};
/** By a script (browser/parts.ts). */
export const upload = v.object({
  name: v.pipe(v.string(), v.maxLength(1_000)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export const newVersion = v.object({ ...attached, requestKey });
export const thread = v.object({
  title: optionalLine(limits.threadTitle),
  body: lines(limits.body),
  everybody: tick,
  audience,
  ...attached,
  requestKey,
});
/** May be empty if there are files; the domain checks that. */
export const comment = v.object({ body: lines(limits.body), audience, ...attached, requestKey });

const digits = v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number));
/** A comment's id; empty for the thread's first text. */
const text = v.pipe(
  v.optional(v.string(), ''),
  v.regex(/^\d{0,15}$/),
  v.transform((value) => (value === '' ? null : Number(value))),
);
export const editText = v.object({
  text,
  title: optionalLine(limits.threadTitle),
  body: lines(limits.body),
  /** Who could read it when the form was shown. */
  audience,
  editedAt: digits,
  was,
  /** The files that the form showed, and those of them that stay. */
  had: v.pipe(v.array(id), v.maxLength(50)),
  keep: v.pipe(v.array(id), v.maxLength(50)),
  ...attached,
});
export const byText = v.object({ text });
/** @see server/threads/open.ts */
export const openText = v.object({ text, seen: v.pipe(v.string(), v.regex(/^[\d-]{1,200}$/)) });
export const onOff = v.object({ on: tick });
export const react = v.object({ text, kind: v.pipe(v.string(), v.maxLength(20)), on: tick });
/** Its place and what it becomes are the value of its button. */
export const tickTask = v.object({
  text,
  task: v.pipe(v.string(), v.regex(/^\d{1,4}:(?:done|open)$/)),
  seen: v.pipe(v.string(), v.regex(/^[\w-]{16}$/)),
});
export const deleteSpace = v.object({ typed: optionalLine(1_000) });
/** A list of people to invite: pasted, or a file. */
export const readImport = v.object({
  csv: v.pipe(v.optional(v.string(), ''), v.maxLength(1_000_000, says('import.too-large'))),
  file: files(1),
  space: optionalLine(limits.spaceName),
});
const column = v.array(v.pipe(v.string(), bounded(limits.message)));
/** Lines of that list, column by column, and which of them are left out. */
export const mendImport = v.object({
  n: v.array(digits),
  email: column,
  space: column,
  language: column,
  message: column,
  leave: v.array(digits),
});
export const bySpace = v.object({ id: digits });
export const spaceTerms = v.object({ id: digits, ...terms.entries });
export const muteSpace = v.object({ id: digits, on: tick });

/** When the page was rendered: later texts stay unread. */
export const readUntil = v.object({
  until: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
});

export const preview = v.object({ text: lines(limits.body) });

export const avatar = v.object({ picture: files(1), small: files(1) });
export const profile = v.object({
  name: line(limits.name, 'form.name-missing'),
  company: optionalLine(limits.company),
  locale: optionalLocale,
  timeZone,
});
export const ownCompany = v.object({ company: line(limits.company, 'form.company-missing') });
/** The card of a guest who is new, whose buttons all take the company along. */
export const greeting = v.object({ company: optionalLine(limits.company) });
export const hello = v.object({ ...greeting.entries, to: v.picklist(HELLO, says('form.invalid')) });
export const browserZone = v.object({
  zone: v.pipe(
    v.string(),
    v.transform((typed) => today(typed)),
    v.string(says('form.invalid')),
  ),
});
export const newPassword = v.object({
  current: passwordOr('me.current-missing'),
  password: passwordOr('me.new-missing'),
  formKey,
});
export const newAddress = v.object({
  email,
  ownPassword: passwordOr('me.email-proof-missing'),
  formKey,
});
/** Of a guest, by an administrator. */
export const correctAddress = v.object({ email, requestKey });
/** When the link was sent that the page speaks of. */
export const addressAgain = v.object({
  sentAt: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number)),
});
/** By an administrator, for somebody else. */
export const setPassword = v.object({ password: passwordOr('me.new-missing'), formKey });
export const sessionOfGuest = v.object({
  session: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)),
});
export const oneSession = v.object({ id: v.optional(v.pipe(v.string(), v.maxLength(64)), '') });

export const notificationMail = v.pipe(
  v.object({ mail: v.picklist(mailChoiceList) }),
  v.transform(({ mail }) => mailChoices[mail]),
);
export const oneNotification = v.object({ id: veiled(), on: tick });
export const shownNotifications = v.object({ upTo: veiled() });
/** What a mail provider posts for "Unsubscribe" (RFC 8058). The page's button posts nothing. */
export const unsubscribe = v.object({
  'List-Unsubscribe': v.optional(v.pipe(v.string(), v.maxLength(100)), ''),
});

export const inviteUser = v.object({
  email,
  name: optionalLine(limits.name),
  administrator: tick,
  canCreateSpaces: tick,
  locale,
  declinedToo: tick,
  requestKey: v.optional(requestKey),
});
export const importUsers = v.object({
  users: v.pipe(v.optional(v.string(), ''), bounded(limitsOfImport.characters)),
  locale,
  requestKey,
});
export const permissions = v.object({ id, administrator: tick, canCreateSpaces: tick });
export const spaceCreators = v.object({
  who: v.picklist(spaceCreatorChoices, says('form.invalid')),
  shown: v.array(id),
  allowed: v.array(id),
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  was,
});
/** Empty: none. */
const secureAddress = v.pipe(
  optionalLine(LONGEST_SECURE),
  v.check(
    (typed) => typed === '' || (/^https:\/\//i.test(typed) && isWebAddress(typed)),
    says('appearance.address-wrong'),
  ),
  v.transform((typed) => typed || null),
);
export const appearance = v.object({
  siteName: line(limits.siteName, 'form.name-missing'),
  companyName: optionalLine(limits.company),
  accent: v.pipe(
    v.optional(v.string(), ''),
    v.trim(),
    v.maxLength(7, says('appearance.accent-wrong')),
    v.check((typed) => typed === '' || parseColour(typed) !== null, says('appearance.accent-wrong')),
    v.transform(parseColour),
  ),
  loginText: lines(limits.loginText),
  privacyUrl: secureAddress,
  termsUrl: secureAddress,
  termsRequired: tick,
  /** The version that the form showed, to be replaced by the next. */
  termsAgain: v.optional(v.pipe(v.string(), v.maxLength(20)), ''),
  logo: files(1),
  removeLogo: tick,
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  was,
});
/** The site's own words in a mail. */
export const mailText = v.object({
  locale,
  kind: v.picklist(textKinds),
  sender: optionalLine(limits.siteName),
  subject: optionalLine(limits.subject),
  introduction: lines(limits.introduction),
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  was,
});
/** In gigabytes. */
export const storage = v.object({
  spaceStorage: number(1, 100_000),
  guestStorage: number(1, 100_000),
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  was,
});
export const eraseAccount = v.object({
  typed: optionalLine(1_000),
  current: passwordOr('me.current-missing'),
  formKey,
});
/** 0: for ever. */
export const auditYears = v.object({
  years: number(0, 10),
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
});
const networks = lines(5_000);
export const loginSecurity = v.object({
  lockAfter: number(3, 50),
  lockMinutes: number(1, 1_440),
  userIdle: oneOf(idleLimits),
  userAbsolute: oneOf(absoluteLimits),
  guestIdle: oneOf(idleLimits),
  guestAbsolute: oneOf(absoluteLimits),
  administratorStep: tick,
  userStep: tick,
  /** The risk that the form showed. */
  confirmed: v.optional(v.pipe(v.string(), v.maxLength(20))),
  administratorNetworks: networks,
  userNetworks: networks,
  guestNetworks: networks,
  newBrowserMail: tick,
  revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  was,
});
export const authentication = v.pipe(
  v.object({
    twoStep: tick,
    confirmed: v.optional(v.string()),
    preset,
    minLength: number(1, 128),
    maxLength: number(8, 256),
    composition: tick,
    refuseCommon: tick,
    mailPassword: tick,
    trustBrowsers: tick,
    trustedDays: number(1, 90),
    codeMinutes: number(10, 60),
    invitationDays: number(1, 30),
    accessDays: number(0, 3_650),
    allowedDomains: lines(5_000),
    /** The effect that the form showed, to be confirmed. */
    domainsSeen: v.optional(v.pipe(v.string(), v.maxLength(10_000)), ''),
    revision: v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
    was,
  }),
  v.forward(
    v.partialCheck(
      [['minLength'], ['maxLength']],
      ({ minLength, maxLength }) => minLength <= maxLength,
      says('authentication.min-over-max'),
    ),
    ['maxLength'],
  ),
);

function number(min: number, max: number) {
  return v.pipe(
    v.string(says('form.number')),
    v.regex(/^\d{1,12}$/, says('form.number')),
    v.transform(Number),
    v.minValue(min, says('form.too-low')),
    v.maxValue(max, says('form.too-high')),
  );
}

function oneOf(numbers: readonly number[]) {
  return v.pipe(
    v.string(says('form.invalid')),
    v.picklist(numbers.map(String), says('form.invalid')),
    v.transform(Number),
  );
}

function isCover(value: string): boolean {
  return covers.some(({ name }) => name === value) || /^file:[a-z2-7]{16}$/.test(value);
}

/** Files in the form itself: the way without scripts. */
function files(max: number) {
  return v.pipe(v.array(v.file()), v.maxLength(max, says('file.too-many')));
}
/** An uploaded cover wins over the chosen one. */
export const coverUpload = { coverFile: files(1) };

/** A number that only the server can read (server/crypto.ts). */
function veiled() {
  return v.pipe(v.string(), v.regex(/^[\w-]{22}$/));
}
