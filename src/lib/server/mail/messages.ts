/** Every mail of the product: what it is made from (MailMessage), and what it says. */
import { loadTranslator, type Locale, type Translate } from '../../messages';
import { displayName } from '../../people';
import { usable } from '../../zones';
import { toHtml, toText, type Letter, type Part } from './layout';
import { manyLines, oneLine } from './words';

/** What a mail is made from: sealed in the outbox until it is delivered. Times are milliseconds UTC. */
export type MailMessage =
  /** Subject and message as the inviter edited them. */
  | {
      kind: 'invitation';
      siteName: string;
      spaceName: string;
      inviterName: string;
      subject: string;
      message: string;
      url: string;
      expiresAt: number;
      timeZone: string;
    }
  /** A colleague joins the site. */
  | {
      kind: 'user-invitation';
      siteName: string;
      inviterName: string;
      url: string;
      expiresAt: number;
      timeZone: string;
    }
  /** The sign-up is complete; the password only when the credential policy says so. */
  | {
      kind: 'welcome';
      siteName: string;
      spaceName: string | null;
      url: string;
      loginName: string;
      password: string | null;
    }
  | { kind: 'code'; siteName: string; code: string; purpose: 'login' | 'signup' }
  | { kind: 'reset'; siteName: string; url: string; minutes: number }
  | { kind: 'password-changed'; siteName: string; loginName: string; url: string }
  /** To the inviter: a guest whose invitation expired asks for a new one. */
  | { kind: 'link-asked'; siteName: string; spaceName: string; guestEmail: string; url: string }
  /** A guest was removed from a space. */
  | { kind: 'removed'; siteName: string; spaceName: string }
  /** Somebody was mentioned, commented, or began a thread: told in full. */
  | ({
      kind: 'notification';
      siteName: string;
      event: Happening;
      actorName: string;
      guestOf?: GuestOf;
      spaceName: string;
      /** The space's name where a thread has none. */
      threadTitle: string;
      /** As it was written. */
      text: string;
      /** The text goes on in the thread. */
      cut: boolean;
      url: string;
    } & Ways)
  /** Several of these, by space and thread: the daily mail, or what happened all at once. */
  | ({
      kind: 'digest';
      siteName: string;
      /** All of them; the list may hold fewer. */
      count: number;
      threads: {
        spaceName: string;
        threadTitle: string;
        events: {
          event: Happening;
          actorName: string;
          guestOf?: GuestOf;
          text: string;
          cut: boolean;
          at: number;
          url: string;
        }[];
      }[];
      timeZone: string;
      /** All notifications. */
      url: string;
    } & Ways);

/** The company of an actor who is a guest, perhaps unknown (empty); null of a user. */
type GuestOf = string | null;

type Happening = 'mention' | 'comment' | 'thread';

/** Notification mail can be stopped, and chosen. */
interface Ways {
  /** The reader's own link; also the header that mail programs make a button of (RFC 8058). */
  unsubscribe: string;
  settings: string;
}

/** The link that stops mails of this kind; null for those that one has to get. */
export const unsubscribeOf = (message: MailMessage): string | null =>
  'unsubscribe' in message ? message.unsubscribe : null;

export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

/** A mail in a language. */
export async function render(message: MailMessage, locale: Locale): Promise<Rendered> {
  const t = await loadTranslator(locale);
  const letter = write(message, t, locale);
  return { subject: letter.subject, text: toText(letter, t), html: toHtml(letter, locale, t) };
}

/** The ready text of the form that invites guests, to be edited there. */
export function defaultInvitation(
  t: Translate,
  names: { spaceName: string; inviterName: string; siteName: string },
): { subject: string; message: string } {
  const params = { space: names.spaceName, inviter: names.inviterName, site: names.siteName };
  return { subject: t('mail.invitation.subject', params), message: t('mail.invitation.message', params) };
}

/** A name or subject that somebody typed. */
const name = oneLine;

/** Who did something: a guest is told from a user of the same name. */
const person = (t: Translate, { actorName, guestOf }: { actorName: string; guestOf?: GuestOf }): string =>
  displayName(t, { name: actorName, guest: typeof guestOf === 'string', company: guestOf ?? '' });

const text = (words: string): Part => ({ kind: 'text', text: words });

function write(message: MailMessage, t: Translate, locale: Locale): Letter {
  const site = name(message.siteName);
  const letter = (subject: string, preheader: string, parts: Part[], note: string): Letter => ({
    siteName: site,
    subject,
    preheader,
    parts,
    note,
  });
  switch (message.kind) {
    case 'invitation': {
      const [space, inviter] = [name(message.spaceName), name(message.inviterName)];
      const expires = t('mail.expires', { when: moment(locale, message.timeZone, message.expiresAt) });
      return letter(
        name(message.subject),
        t('mail.invitation.preheader', { inviter, space }),
        [
          { kind: 'words', text: manyLines(message.message) },
          {
            kind: 'facts',
            rows: [
              [t('mail.invitation.space'), space],
              [t('mail.invitation.inviter'), inviter],
            ],
          },
          { kind: 'link', label: t('mail.invitation.button'), url: message.url },
          text(expires),
        ],
        t('mail.invitation.note', { inviter }),
      );
    }
    case 'user-invitation': {
      const inviter = name(message.inviterName);
      const expires = t('mail.expires', { when: moment(locale, message.timeZone, message.expiresAt) });
      return letter(
        t('mail.user-invitation.subject', { inviter, site }),
        expires,
        [
          text(t('mail.user-invitation.body', { inviter, site })),
          { kind: 'link', label: t('mail.invitation.button'), url: message.url },
          text(expires),
        ],
        t('mail.invitation.note', { inviter }),
      );
    }
    case 'welcome': {
      const space = message.spaceName === null ? null : name(message.spaceName);
      const opening =
        space === null ? t('mail.welcome.site', { site }) : t('mail.welcome.space', { site, space });
      return letter(
        t('mail.welcome.subject'),
        opening,
        [
          text(opening),
          {
            kind: 'link',
            label: space === null ? t('mail.welcome.open-site') : t('mail.welcome.open-space'),
            url: message.url,
          },
          {
            kind: 'facts',
            rows: [
              [t('mail.welcome.login-name'), message.loginName],
              ...(message.password === null ? [] : [[t('mail.welcome.password'), message.password] as const]),
            ],
          },
          text(message.password === null ? t('mail.welcome.own-password') : t('mail.welcome.keep')),
        ],
        t('mail.welcome.note', { site }),
      );
    }
    case 'code':
      return letter(
        t('mail.code.subject', { site }),
        // The code is where the letter begins, and nowhere else.
        '',
        [
          { kind: 'code', code: message.code },
          text(
            message.purpose === 'login' ? t('mail.code.login', { site }) : t('mail.code.signup', { site }),
          ),
          text(t('mail.code.valid')),
        ],
        message.purpose === 'login' ? t('mail.code.login-note') : t('mail.code.signup-note'),
      );
    case 'reset':
      return letter(
        t('mail.reset.subject', { site }),
        t('mail.reset.body', { site }),
        [
          text(t('mail.reset.body', { site })),
          { kind: 'link', label: t('mail.reset.button'), url: message.url },
          text(t('mail.reset.valid', { minutes: message.minutes })),
        ],
        t('mail.reset.note'),
      );
    case 'password-changed': {
      const changed = t('mail.password-changed.body', { login: message.loginName, site });
      return letter(
        t('mail.password-changed.subject', { site }),
        changed,
        [
          text(changed),
          text(t('mail.password-changed.not-you')),
          { kind: 'link', label: t('mail.password-changed.button'), url: message.url },
        ],
        t('mail.password-changed.note'),
      );
    }
    case 'link-asked': {
      const space = name(message.spaceName);
      const asks = t('mail.link-asked.body', { guest: message.guestEmail, space });
      return letter(
        t('mail.link-asked.subject', { space }),
        asks,
        [
          text(asks),
          text(t('mail.link-asked.what-to-do')),
          { kind: 'link', label: t('mail.link-asked.button'), url: message.url },
        ],
        t('mail.link-asked.note'),
      );
    }
    case 'removed': {
      const space = name(message.spaceName);
      const removed = t('mail.removed.body', { space, site });
      return letter(
        t('mail.removed.subject', { space }),
        removed,
        [text(removed), text(t('mail.removed.rest'))],
        t('mail.removed.note'),
      );
    }
    case 'notification': {
      const [actor, thread] = [person(t, message), name(message.threadTitle)];
      const body = manyLines(message.text);
      return {
        ...letter(
          t(`mail.notification.${message.event}`, { actor, thread }),
          oneLine(body).slice(0, 140).toWellFormed(),
          [
            body ? { kind: 'words', text: body } : text(t('mail.notification.no-text')),
            ...(message.cut ? [text(t('mail.notification.cut'))] : []),
            {
              kind: 'facts',
              rows: [
                [t('mail.notification.space'), name(message.spaceName)],
                [t('mail.notification.thread-name'), thread],
              ],
            },
            { kind: 'link', label: t('mail.notification.button'), url: message.url },
          ],
          t('mail.notification.note'),
        ),
        links: waysOut(message, t),
      };
    }
    case 'digest': {
      const told = message.threads.flatMap((thread) => thread.events).length;
      return {
        ...letter(
          t('mail.notification.digest', { count: message.count, site }),
          message.threads.map((thread) => name(thread.threadTitle)).join(', '),
          [
            ...message.threads.flatMap((thread): Part[] => [
              { kind: 'heading', text: `${name(thread.spaceName)} · ${name(thread.threadTitle)}` },
              ...thread.events.map((event): Part => ({
                kind: 'event',
                head: t(`mail.notification.item-${event.event}`, {
                  actor: person(t, event),
                  when: shortMoment(locale, message.timeZone, event.at),
                }),
                text: manyLines(event.text) + (event.cut ? `\n\n${t('mail.notification.cut')}` : ''),
                url: event.url,
              })),
            ]),
            ...(message.count > told
              ? [text(t('mail.notification.more', { count: message.count - told }))]
              : []),
            { kind: 'link', label: t('mail.notification.all'), url: message.url },
          ],
          t('mail.notification.note'),
        ),
        links: waysOut(message, t),
      };
    }
  }
}

/** The small print of a mail that nobody has to get. */
const waysOut = (ways: Ways, t: Translate): Letter['links'] => [
  { label: t('mail.notification.settings'), url: ways.settings },
  { label: t('mail.notification.unsubscribe'), url: ways.unsubscribe },
];

/** "Sat, Nov 28, 6:20 PM GMT+9": in a list. */
const shortMoment = (locale: Locale, timeZone: string, at: number): string =>
  inZone(locale, timeZone, at, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });

/** "Saturday, November 28, 2026 at 6:20 PM GMT+9": day, time and zone, for people in another zone than the writer's. */
const moment = (locale: Locale, timeZone: string, at: number): string =>
  inZone(locale, timeZone, at, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });

const inZone = (locale: Locale, timeZone: string, at: number, parts: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(locale, { ...parts, timeZone: usable(timeZone) }).format(at);
