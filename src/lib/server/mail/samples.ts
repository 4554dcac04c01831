/** Every mail with ordinary and with awkward data, for /dev/mail-samples and the tests. */
import { loadTranslator, type Locale, type Translate } from '../../messages';
import { defaultInvitation, render, type MailMessage, type Rendered } from './messages';

/** What stands where people type: names, subjects, messages, addresses. */
interface Data {
  site: string;
  space: string;
  inviter: string;
  /** null: the ready text. */
  subject: string | null;
  message: string | null;
  email: string;
  password: string;
  timeZone: string;
  /** Of a thread. */
  title: string;
  comment: string;
}

const ordinary: Data = {
  site: 'Foyer',
  space: 'Harbour Bridge',
  inviter: 'Ava Lindqvist',
  subject: null,
  message: null,
  email: 'gil@partner.example',
  password: 'quiet-arches-7',
  timeZone: 'Europe/Berlin',
  title: 'Where the second pile goes',
  comment:
    'Hello @Gil Moreau,\n\nthe survey says that the **second pile** can stand three metres further north. Can you live with that?\n\n- the crane reaches it\n- the ferry does not',
};

/** Names → data that has broken mails elsewhere. */
const data: Record<string, Data> = {
  ordinary,
  long: {
    ...ordinary,
    site: 'The Extraordinarily Long-Winded Association of Harbour and Bridge Builders',
    space: 'Superstructurewithoutanyspaceswhatsoever'.repeat(3).slice(0, 128),
    inviter: 'Maximiliana Alexandrina von und zu Hohenstein-Wolkenburg der Älteren',
    subject: 'A subject that does not want to end, and goes on, and on '.repeat(4).trim(),
    message: `${'A paragraph that goes on and on. '.repeat(40)}\n\n${'x'.repeat(400)}`,
    email: `${'a'.repeat(60)}@${'sub.'.repeat(40)}partner.example`,
    password: 'p1 '.repeat(20).trim(),
    title: 'A title that does not want to end, and goes on, and on '.repeat(4).trim(),
    comment: `${'A paragraph that goes on and on. '.repeat(40)}\n\n${'x'.repeat(400)}`,
  },
  markup: {
    ...ordinary,
    site: `<b>Foyer</b> & "Sons" 'Ltd' \`=/`,
    space: '<script>alert(1)</script>',
    inviter: '"><img src=x onerror=alert(1)>',
    subject: 'Look: <script>alert(2)</script> & </title></style>',
    message: '<a href="https://evil.example">click</a>\n\n{{mustache}} {space} </p></td></table><!-- ',
    password: `<i>"a1'&\`=</i>`,
    title: '</h2><script>alert(3)</script>',
    comment: '<img src=x onerror=alert(4)> & <b>bold</b> [x](javascript:alert(5)) </td></table>',
  },
  'header-injection': {
    ...ordinary,
    site: 'Foyer\r\nBcc: everybody@evil.example',
    space: 'Bridge\u2028X-Evil: 1\u0085\u0000\u001b[31m',
    inviter: 'Eve" <eve@evil.example>\r\n\r\nbody',
    subject: 'Hello\r\nBcc: everybody@evil.example\r\n\r\nAnother body\u2029',
    message: 'One\r\nTwo\r\n\r\n.\r\nQUIT\u0000\u0007',
    password: 'a1\tb',
    title: 'Piles\r\nBcc: everybody@evil.example\r\n\r\nbody',
    comment: 'One\r\n.\r\nQUIT\u0000\u0007\u2028Two',
  },
  numbers: {
    ...ordinary,
    site: 'Foyer 424242',
    space: '123456',
    inviter: 'Agent 654321',
    subject: 'Order 123456',
    message: 'Your order 123456 and 1234567 and #000000.\n999999',
    title: '424242',
    comment: 'It is 135790, or see https://partner.example/orders/246802?n=135790.\n864209',
  },
  'right-to-left': {
    ...ordinary,
    site: 'رواق',
    space: 'جسر الميناء \u202eevil\u202c',
    inviter: 'ليلى حدّاد',
    subject: 'دعوة إلى «جسر الميناء»',
    message: 'مرحبًا،\n\nأودّ أن أعمل معك هنا.\n\nשלום גם מכאן',
    timeZone: 'Asia/Riyadh',
  },
  emoji: {
    ...ordinary,
    site: '🏛️ Foyer',
    space: '👩‍👩‍👧‍👦🌉 Brücke \ud800',
    inviter: 'Zoë 🇯🇵',
    subject: '🎉🎉🎉',
    message: '👋🏽\n\n🌊🌊🌊',
    timeZone: 'Not/AZone',
  },
  japanese: {
    ...ordinary,
    site: '株式会社ほわいえ',
    space: '港の橋プロジェクト「第二期」',
    inviter: '長谷川 花子',
    subject: '【ご招待】港の橋プロジェクト',
    message: 'いつもお世話になっております。\n\nこちらで打ち合わせを進めさせてください。\n長谷川',
    email: 'rin@例え.example',
    timeZone: 'Asia/Tokyo',
  },
};

const ORIGIN = 'https://guests.example.com';
const TOKEN = 'k7q2m4x6c3v5b2n4h6j3g5f2d4s6a3p5o2i4u6y3';
const WAYS = { settings: `${ORIGIN}/me#notification-mail`, unsubscribe: `${ORIGIN}/unsubscribe/${TOKEN}` };
const EXPIRES = Date.UTC(2026, 10, 28, 17, 20);

/** Every kind of mail made from some data. */
function all(d: Data, t: Translate): MailMessage[] {
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
      threadTitle: d.title,
      text: d.comment,
      cut: false,
      url: `${ORIGIN}/spaces/7/threads/12?comment=34#comment-34`,
      ...WAYS,
    },
    {
      kind: 'notification',
      siteName,
      event: 'thread',
      actorName: inviterName,
      guestOf: '',
      spaceName,
      threadTitle: d.title,
      text: '',
      cut: true,
      url: `${ORIGIN}/spaces/7/threads/12`,
      ...WAYS,
    },
    {
      kind: 'digest',
      siteName,
      count: 7,
      threads: [
        {
          spaceName,
          threadTitle: d.title,
          events: [
            {
              event: 'comment',
              actorName: inviterName,
              text: d.comment,
              cut: true,
              at: EXPIRES,
              // Six digits of an id are no code either.
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
      ...WAYS,
    },
  ];
}

export interface Sample extends Rendered {
  /** Fits into a path: `invitation-markup`. */
  name: string;
  message: MailMessage;
}

/** Every mail × every kind of data, in a language. */
export async function samples(locale: Locale): Promise<Sample[]> {
  const t = await loadTranslator(locale);
  const list = Object.entries(data).flatMap(([which, d]) =>
    all(d, t).map((message) => ({ name: `${nameOf(message)}-${which}`, message })),
  );
  return Promise.all(list.map(async (sample) => ({ ...sample, ...(await render(sample.message, locale)) })));
}

/** Some kinds have two shapes. */
function nameOf(message: MailMessage): string {
  if (message.kind === 'code') return `code-${message.purpose}`;
  if (message.kind === 'welcome') return message.spaceName === null ? 'welcome-site' : 'welcome-space';
  if (message.kind === 'notification') return `notification-${message.event}`;
  return message.kind;
}
