import type { Translate } from '../../../messages';
import { defaultInvitation, type MailMessage } from '../messages';
import type { SampleData } from './data';

const ORIGIN = 'https://guests.example.com';
const TOKEN = 'k7q2m4x6c3v5b2n4h6j3g5f2d4s6a3p5o2i4u6y3';
const LINKS = { settings: `${ORIGIN}/me#notification-mail`, unsubscribe: `${ORIGIN}/unsubscribe/${TOKEN}` };
const EXPIRES = Date.UTC(2026, 10, 28, 17, 20);

export function sampleMessages(d: SampleData, t: Translate): MailMessage[] {
  const [siteName, spaceName, inviterName, timeZone] = [d.site, d.space, d.inviter, d.timeZone];
  const ready = defaultInvitation(t, { siteName, spaceName, inviterName });
  const link = { url: `${ORIGIN}/signup/${TOKEN}`, expiresAt: EXPIRES, timeZone };
  const home = { loginName: d.email, url: `${ORIGIN}/spaces/7` };
  return [
    {
      kind: 'invitation',
      siteName,
      spaceName,
      inviterName,
      subject: d.subject ?? ready.subject,
      message: d.message ?? ready.message,
      ...link,
    },
    { kind: 'user-invitation', siteName, inviterName, ...link },
    { kind: 'welcome', siteName, spaceName, password: d.password, ...home },
    { kind: 'welcome', siteName, spaceName: null, password: null, ...home },
    { kind: 'code', siteName, code: '048213', purpose: 'login' },
    { kind: 'code', siteName, code: '777000', purpose: 'signup' },
    { kind: 'reset', siteName, url: `${ORIGIN}/reset/${TOKEN}`, minutes: 60 },
    { kind: 'password-changed', siteName, loginName: d.email, url: `${ORIGIN}/forgot` },
    {
      kind: 'link-asked',
      siteName,
      spaceName,
      guestEmail: d.email,
      url: `${ORIGIN}/spaces/7/settings/guests`,
    },
    { kind: 'removed', siteName, spaceName },
    {
      kind: 'notification',
      siteName,
      event: 'mention',
      actorName: inviterName,
      spaceName,
      threadTitle: d.threadTitle,
      text: d.comment,
      cut: false,
      url: `${ORIGIN}/spaces/7/threads/12?comment=34#comment-34`,
      ...LINKS,
    },
    {
      kind: 'notification',
      siteName,
      event: 'thread',
      actorName: inviterName,
      guestOf: '',
      spaceName,
      threadTitle: d.threadTitle,
      text: '',
      cut: true,
      url: `${ORIGIN}/spaces/7/threads/12`,
      ...LINKS,
    },
    {
      kind: 'digest',
      siteName,
      count: 7,
      threads: [
        {
          spaceName,
          threadTitle: d.threadTitle,
          events: [
            {
              event: 'comment',
              actorName: inviterName,
              text: d.comment,
              cut: true,
              at: EXPIRES,
              // Six digits in an address must not be taken for a code.
              url: `${ORIGIN}/spaces/7/threads/12?comment=345678#comment-345678`,
            },
            {
              event: 'mention',
              actorName: d.email,
              guestOf: d.space,
              text: 'Thank you!',
              cut: false,
              at: EXPIRES + 600_000,
              url: `${ORIGIN}/spaces/7/threads/12?comment=35#comment-35`,
            },
          ],
        },
        {
          spaceName: d.site,
          threadTitle: spaceName,
          events: [
            {
              event: 'thread',
              actorName: inviterName,
              text: '',
              cut: false,
              at: EXPIRES,
              url: `${ORIGIN}/spaces/8/threads/123456`,
            },
          ],
        },
      ],
      timeZone,
      url: `${ORIGIN}/notifications`,
      ...LINKS,
    },
  ];
}
