import { maskAddress } from '../../../addresses';
import type { Translate } from '../../../messages';
import { defaultInvitation, type MailMessage } from '../messages';
import type { SampleData } from './data';

const ORIGIN = 'https://guests.example.com';
const TOKEN = 'k7q2m4x6c3v5b2n4h6j3g5f2d4s6a3p5o2i4u6y3';
const LINKS = {
  reasons: ['follows'],
  settings: `${ORIGIN}/me#notification-mail`,
  unsubscribe: `${ORIGIN}/unsubscribe/${TOKEN}`,
} as const;
/** All that Markdown can do, and addresses of all kinds. */
const EVERYTHING = `Hi @Hanako Sato, see [the plan](/spaces/7/files) and https://partner.example/a_b_c?x=1&y=2.

# A heading

1. first
2. second, with **bold**, *italic*, ~~gone~~ and \`code\`

- [x] survey
- [ ] crane

> The ferry leaves at nine.
> > And at ten.

| Pile | Depth |
| :--- | ----: |
| 1    | 12 m  |
| 2    | 14 m  |

\`\`\`
if (a < b) return "c";
\`\`\`

---
![a picture](https://tracker.example/pixel.gif) 123456`;
const EXPIRES = Date.UTC(2026, 10, 28, 17, 20);

export function sampleMessages(d: SampleData, t: Translate): MailMessage[] {
  const [siteName, spaceName, inviterName, timeZone] = [d.site, d.space, d.inviter, d.timeZone];
  const ready = defaultInvitation(t, { siteName, spaceName, inviterName });
  const inviter = { inviterName, inviterEmail: 'ava@foyer.example' };
  const place = { spaceName, threadTitle: d.threadTitle, threadId: 12 };
  const files = [
    { name: `${d.threadTitle}.pdf`, size: 2_345_678 },
    { name: 'IMG 0042.jpg', size: 123_456 },
  ];
  const link = { url: `${ORIGIN}/signup/${TOKEN}`, expiresAt: EXPIRES, timeZone };
  const home = { loginName: d.email, url: `${ORIGIN}/spaces/7` };
  return [
    {
      kind: 'invitation',
      siteName,
      spaceName,
      ...inviter,
      inviterCompany: 'Hafen GmbH',
      subject: d.subject ?? ready.subject,
      message: d.message ?? ready.message,
      ...link,
    },
    { kind: 'user-invitation', siteName, ...inviter, ...link },
    { kind: 'welcome', siteName, spaceName, password: d.password, ...home },
    { kind: 'welcome', siteName, spaceName: null, password: null, ...home },
    { kind: 'code', siteName, code: '048213', purpose: 'login' },
    { kind: 'code', siteName, code: '777000', purpose: 'signup' },
    { kind: 'reset', siteName, url: `${ORIGIN}/reset/${TOKEN}`, minutes: 60 },
    {
      kind: 'erased',
      siteName,
      guest: true,
      counts: { sessions: 2, memberships: 1, notifications: 1234, pictures: 1, mails: 12, audit: 87 },
      at: EXPIRES,
      timeZone,
    },
    {
      kind: 'code-handed',
      siteName,
      administrator: inviterName,
      at: EXPIRES,
      timeZone,
      url: `${ORIGIN}/forgot`,
    },
    { kind: 'password-changed', siteName, loginName: d.email, url: `${ORIGIN}/forgot` },
    ...newSignIns(d),
    ...addresses(d),
    {
      kind: 'link-asked',
      siteName,
      spaceName,
      guestEmail: d.email,
      url: `${ORIGIN}/spaces/7/settings/guests`,
    },
    {
      kind: 'link-asked',
      siteName,
      spaceName,
      guestEmail: d.email,
      removed: true,
      guest: { actorName: 'Gil Moreau', guestOf: 'Partner Ltd' },
      url: `${ORIGIN}/spaces/7/settings/guests/invite?asked=k5dh2n7pq3xw9abc`,
    },
    ...(['declined', 'bounced'] as const).map((what): MailMessage => ({
      kind: 'invite-over',
      siteName,
      spaceName: what === 'declined' ? spaceName : null,
      guestEmail: d.email,
      what,
      reason: what === 'declined' ? d.comment : '550 5.1.1 no such mailbox',
      url: `${ORIGIN}/spaces/7/settings/guests`,
    })),
    ...(['soon', 'ended', 'asked'] as const).flatMap((what): MailMessage[] =>
      [null, { actorName: 'Gil Moreau', guestOf: 'Partner Ltd' }].map((guest) => ({
        kind: 'access-ends',
        siteName,
        spaceName,
        what,
        endsAt: 1_790_000_000_000,
        timeZone: 'Europe/Berlin',
        guest,
        url: guest ? `${ORIGIN}/spaces/7/access/k5dh2n7pq3xw9abc` : `${ORIGIN}/me#spaces`,
      })),
    ),
    ...[null, 1_790_000_000_000].map((endsAt): MailMessage => ({
      kind: 'access-changed',
      siteName,
      spaceName,
      endsAt,
      timeZone: 'Europe/Berlin',
      declined: false,
      url: `${ORIGIN}/spaces/7`,
    })),
    {
      kind: 'access-changed',
      siteName,
      spaceName,
      endsAt: 1_790_000_000_000,
      timeZone: null,
      declined: true,
      url: `${ORIGIN}/me#spaces`,
    },
    ...[inviterName, ''].map((sponsor, i): MailMessage => ({
      kind: 'sponsor-lost',
      siteName,
      spaceName,
      sponsor,
      guests: i + 1,
      url: `${ORIGIN}/spaces/7/settings/guests?status=unsponsored`,
    })),
    { kind: 'removed', siteName, spaceName, actorName: inviterName },
    { kind: 'test', siteName, url: `${ORIGIN}/admin/mail` },
    {
      kind: 'notification',
      siteName,
      event: 'mention',
      actorName: inviterName,
      ...place,
      answer: true,
      text: d.comment,
      cut: false,
      files,
      url: `${ORIGIN}/spaces/7/threads/12?comment=34#comment-34`,
      ...LINKS,
    },
    {
      kind: 'notification',
      siteName,
      event: 'comment',
      actorName: inviterName,
      guestOf: d.site,
      ...place,
      answer: true,
      text: EVERYTHING,
      marks: [{ from: 3, to: 15, name: 'Hanako Sato', guest: true }],
      cut: false,
      url: `${ORIGIN}/spaces/7/threads/12?comment=36#comment-36`,
      ...LINKS,
    },
    {
      kind: 'notification',
      siteName,
      event: 'thread',
      actorName: inviterName,
      guestOf: '',
      ...place,
      text: '',
      cut: true,
      url: `${ORIGIN}/spaces/7/threads/12`,
      ...LINKS,
    },
    ...digests(d),
  ];
}

/** With all that can be known of the browser and its place, and with nothing. */
function newSignIns({ site: siteName, email: loginName, timeZone }: SampleData): MailMessage[] {
  const url = `${ORIGIN}/me#sessions`;
  const all = { kind: 'new-sign-in', siteName, loginName, at: EXPIRES, timeZone, url } as const;
  const where = { city: 'Rotterdam', country: 'NL', address: '203.0.113.*' };
  return [
    { ...all, browser: 'Firefox', system: 'Windows', ...where },
    { ...all, address: '' },
  ];
}

/** Of several spaces, of one, and of one thread. */
function digests(d: SampleData): MailMessage[] {
  const [siteName, spaceName, inviterName, timeZone] = [d.site, d.space, d.inviter, d.timeZone];
  const comment = {
    event: 'comment',
    actorName: inviterName,
    text: d.comment,
    cut: true,
    at: EXPIRES,
    // Six digits in an address must not be taken for a code.
    url: `${ORIGIN}/spaces/7/threads/12?comment=345678#comment-345678`,
  } as const;
  const mention = {
    event: 'mention',
    actorName: d.email,
    guestOf: d.space,
    text: 'Thank you!',
    cut: false,
    files: [{ name: 'plan.pdf', size: 999 }],
    at: EXPIRES + 600_000,
    url: `${ORIGIN}/spaces/7/threads/12?comment=35#comment-35`,
  } as const;
  const begun = {
    event: 'thread',
    actorName: inviterName,
    text: 'Beginning of a text, 1. without markup…',
    plain: true,
    cut: false,
    at: EXPIRES,
    url: `${ORIGIN}/spaces/8/threads/123456`,
  } as const;
  const first = { id: 12, spaceId: 7, spaceName, threadTitle: d.threadTitle, events: [comment, mention] };
  const all = { kind: 'digest', siteName, timeZone, url: `${ORIGIN}/notifications`, ...LINKS } as const;
  return [
    {
      ...all,
      count: 7,
      threads: [first, { id: 13, spaceId: 8, spaceName: d.site, threadTitle: spaceName, events: [begun] }],
    },
    {
      ...all,
      count: 3,
      threads: [first, { id: 13, spaceId: 7, spaceName, threadTitle: inviterName, events: [begun] }],
    },
    { ...all, count: 2, url: comment.url, threads: [first] },
    {
      ...all,
      reasons: ['invited'],
      count: 8,
      texts: 0,
      threads: [],
      joined: [
        {
          spaceId: 7,
          spaceName,
          people: [
            { actorName: inviterName, guestOf: d.site },
            { actorName: d.email, guestOf: '' },
          ],
          count: 8,
          url: `${ORIGIN}/spaces/7`,
        },
      ],
      url: `${ORIGIN}/spaces/7`,
    },
    {
      ...all,
      reasons: ['left'],
      count: 2,
      texts: 0,
      threads: [],
      joined: [
        {
          left: true,
          spaceId: 7,
          spaceName,
          people: [
            { actorName: inviterName, guestOf: d.site },
            { actorName: d.email, guestOf: '' },
          ],
          count: 2,
          url: `${ORIGIN}/spaces/7`,
        },
      ],
      url: `${ORIGIN}/spaces/7`,
    },
    {
      ...all,
      reasons: ['follows', 'invited'],
      count: 3,
      texts: 2,
      threads: [first],
      joined: [
        {
          spaceId: null,
          spaceName: null,
          people: [{ actorName: inviterName }],
          count: 1,
          url: `${ORIGIN}/admin/users`,
        },
      ],
    },
  ];
}

function addresses(d: SampleData): MailMessage[] {
  const siteName = d.site;
  const address = maskAddress(d.email);
  const asked = { kind: 'address-asked', siteName, address, url: `${ORIGIN}/forgot` } as const;
  return [
    { kind: 'address-confirm', siteName, url: `${ORIGIN}/email/${TOKEN}`, minutes: 60 },
    { kind: 'address-taken', siteName, url: `${ORIGIN}/login` },
    { ...asked, byAdministrator: false },
    { ...asked, byAdministrator: true },
    { kind: 'made-user', siteName, actorName: d.inviter, url: `${ORIGIN}/login` },
    { kind: 'address-changed', siteName, address },
    { kind: 'address-changed', siteName, address: d.email, url: `${ORIGIN}/login` },
  ];
}
