import { describe, expect, it } from 'vitest';
import { loadTranslator, locales } from '../../../messages';
import { defaultInvitation, droppedWhenRemoved, render, unsubscribeLinkOf, type MailMessage } from './index';
import { samples } from '../samples';
import { manyLines } from '../user-text';

const every = (await Promise.all(locales.map(samples))).flat();
const invitation = {
  kind: 'invitation',
  siteName: 'Foyer',
  spaceName: 'Harbour Bridge',
  inviterName: 'Ava',
  subject: 'Come in',
  message: 'Hello,\n\ncome in.',
  url: 'https://guests.example.com/signup/k7q2',
  expiresAt: Date.UTC(2026, 10, 28, 17, 20),
  timeZone: 'Europe/Berlin',
} as const;

const eventsOf = (message: MailMessage) =>
  message.kind === 'notification'
    ? [message]
    : message.kind === 'digest'
      ? message.threads.flatMap((thread) => thread.events)
      : [];

/** As a person reads it. */
const visible = (html: string) =>
  html
    .replace(/<(head|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&#x2F;/g, '/')
    .replace(/&#x3D;/g, '=')
    .replace(/&#x60;/g, '`')
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** Of all that the body holds, hidden or not. */
const firstLine = (html: string) =>
  visible(html)
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line && line !== '&nbsp;');

describe('every mail, in every language, with awkward data', () => {
  it('has a subject of one line without control characters', () => {
    for (const { name, subject } of every) {
      expect(subject, name).not.toBe('');
      expect(subject, name).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e]/u);
      expect(subject.isWellFormed(), name).toBe(true);
    }
  });

  it('has its URL once in full, alone on its line; in HTML as a button and as text', () => {
    for (const { name, message, text, html } of every) {
      if (!('url' in message) || message.url === undefined) continue;
      expect(
        text.split('\n').filter((line) => line === message.url),
        name,
      ).toHaveLength(1);
      expect(text.split(message.url), name).toHaveLength(2);
      expect(html.split(`href="${message.url}"`), name).toHaveLength(3);
      expect(visible(html).split(message.url), name).toHaveLength(2);
    }
  });

  it('a code mail has its code in the first line and nowhere else, not in the subject', () => {
    for (const { name, message, subject, text, html } of every) {
      if (message.kind !== 'code') continue;
      expect(text.split('\n')[0], name).toBe(message.code);
      expect(firstLine(html), name).toBe(message.code);
      expect(text.split(message.code), name).toHaveLength(2);
      expect(html.split(message.code), name).toHaveLength(2);
      expect(html, name).not.toContain('display:none');
      expect(visible(html).split(message.code), name).toHaveLength(2);
      expect(subject, name).not.toContain(message.code);
    }
  });

  it('a code mail differs from every other mail by its subject', () => {
    const codes = every.filter(({ message }) => message.kind === 'code').map(({ subject }) => subject);
    expect(codes.some((subject) => subject.toLowerCase().includes('verification code'))).toBe(true);
    for (const { message, subject } of every)
      if (message.kind !== 'code') expect(codes).not.toContain(subject);
  });

  it('escapes all markup', () => {
    for (const { name, html } of every) {
      expect(html, name).not.toMatch(/<(script|img|b|i)[ >]/);
      expect(html, name).not.toContain('>click</a>');
      expect(html.match(/<\/body>/g), name).toHaveLength(1);
      // The second is for classic Outlook.
      expect(html.match(/<\/style>/g), name).toHaveLength(2);
    }
  });

  it('loads nothing and tracks nobody', () => {
    for (const { name, html } of every)
      expect(html, name).not.toMatch(/<[^<>]*\ssrc=|url\(|@import|<link|<img/);
  });

  it('is dropped when its reader loses the space if it quotes what was written there', () => {
    const quotes = every.filter(({ message }) => 'threadTitle' in message || 'threads' in message);
    expect([...droppedWhenRemoved].sort()).toEqual(
      [...new Set(quotes.map(({ message }) => message.kind))].sort(),
    );
  });

  it('says the same in HTML and in text', () => {
    for (const { name, message, text, html } of every) {
      const words = (s: string) => s.replace(/\s+/g, '');
      const shown = words(visible(html));
      // What is Markdown in one is markup in the other.
      const typed = new Set(eventsOf(message).flatMap((event) => manyLines(event.text).split('\n')));
      for (const line of text.split('\n')) {
        if (line === '-- ' || typed.has(line)) continue;
        // Links in the small print have a label instead of the address.
        if ('unsubscribe' in message && html.includes(`href="${line}"`)) continue;
        for (const piece of line.split(/: |:$/).filter(Boolean))
          if (!('url' in message) || piece !== message.url) expect(shown, name).toContain(words(piece));
      }
    }
  });

  it('says why the reader gets it wherever it is optional, in both parts, before what they can do about it', () => {
    for (const { name, message, text, html } of every) {
      if (!('unsubscribe' in message)) continue;
      const why = text.search(/You’re getting this because |このメールをお送りしています。/);
      expect(why, name).toBeGreaterThan(0);
      expect(text.indexOf(message.unsubscribe), name).toBeGreaterThan(why);
      expect(visible(html), name).toMatch(/You’re getting this because |このメールをお送りしています。/);
    }
  });

  it.each([
    [['named'], 'because someone mentioned you.', 'because someone mentioned you.'],
    [['follows'], 'because you follow this thread.', 'because you follow these threads.'],
    [['runs'], 'because you run this space.', 'because you run these spaces.'],
    [['space'], 'because you’re in this space.', 'because you’re in these spaces.'],
    [['invited'], 'because you sent the invitation.', 'because you sent the invitation.'],
    [
      ['runs', 'named'],
      'because someone mentioned you and you run a space.',
      'because someone mentioned you and you run a space.',
    ],
    [
      ['invited', 'space', 'follows'],
      'because you follow a thread, something was sent to everyone in a space, and someone you invited has joined.',
      'because you follow a thread, something was sent to everyone in a space, and someone you invited has joined.',
    ],
  ] as const)('%s: of one it says "%s", of several "%s"', async (reasons, one, several) => {
    for (const [event, words] of [
      [1, one],
      [7, several],
    ] as const) {
      const sample = every.find(({ message }) =>
        event === 1 ? message.kind === 'notification' : message.kind === 'digest' && message.count === 7,
      )!;
      const message = { ...sample.message, reasons } as MailMessage;
      expect((await render(message, 'en')).text).toContain(words);
    }
  });

  it('has unsubscribe links exactly where mail is optional', () => {
    for (const { name, message, text, html } of every) {
      if (!('unsubscribe' in message)) {
        expect(text, name).not.toContain('/unsubscribe/');
        expect(unsubscribeLinkOf(message), name).toBeNull();
        continue;
      }
      expect(unsubscribeLinkOf(message), name).toBe(message.unsubscribe);
      for (const url of [message.unsubscribe, message.settings]) {
        expect(text.split('\n'), name).toContain(url);
        expect(html, name).toContain(`href="${url}"`);
      }
    }
  });

  it('declares its language', () => {
    for (const locale of locales)
      expect(every.some((s) => s.html.includes(`<html lang="${locale}"`))).toBe(true);
  });

  it('leaves no placeholder', () => {
    for (const { name, text } of every.filter((s) => s.name.endsWith('ordinary')))
      expect(text, name).not.toMatch(/[{}]|undefined|\[object/);
  });
});

describe('the invitation', () => {
  it('holds subject and message as edited, the space, and when it expires in the given zone', async () => {
    const { subject, text } = await render(invitation, 'en');
    expect(subject).toBe('Come in');
    expect(text).toContain('Hello,\n\ncome in.');
    expect(text).toContain('Harbour Bridge');
    expect(text).toMatch(/after one week/);
    expect(text).toMatch(/Saturday,? 28 November 2026 at 18:20 CET/);
  });

  it('says of which company the person is who invites, where the sender is not called so anyway', async () => {
    const known = { ...invitation, inviterCompany: 'Hafen GmbH' };
    for (const locale of locales) {
      const { text, html } = await render(known, locale);
      expect(text).toMatch(/Ava from Hafen GmbH|Hafen GmbHのAva/);
      expect(visible(html)).toMatch(/Ava from Hafen GmbH|Hafen GmbHのAva/);
      expect((await render({ ...invitation, inviterCompany: null }, locale)).text).not.toContain(' of ');
    }
  });

  it('is written in Japanese', async () => {
    const { text } = await render({ ...invitation, timeZone: 'Asia/Tokyo' }, 'ja');
    expect(text).toContain('1週間');
    expect(text).toMatch(/2026年11月29日日曜日 2:20 (JST|GMT\+9)/);
  });

  it('has a default text in every language, with the names in it', async () => {
    for (const locale of locales) {
      const ready = defaultInvitation(await loadTranslator(locale), {
        siteName: 'Foyer',
        spaceName: 'Bridge',
        inviterName: 'Ava',
      });
      expect(ready.subject).toContain('Bridge');
      expect(ready.message).toContain('Bridge');
      expect(ready.message).toContain('Ava');
    }
  });

  it('has a default text without invisible characters, because people edit it', async () => {
    const names = { siteName: 'Foyer', spaceName: 'مرفأ بيروت', inviterName: 'ليلى' };
    const { subject, message } = defaultInvitation(await loadTranslator('en'), names);
    expect(subject).toContain('ليلى invited you to “مرفأ بيروت”');
    expect(subject + message).not.toMatch(/[\u2066-\u2069]/);
  });
});

describe('the confirmation', () => {
  const welcome = {
    kind: 'welcome',
    siteName: 'Foyer',
    spaceName: 'Bridge',
    url: 'https://guests.example.com/spaces/7',
    loginName: 'gil@partner.example',
  } as const;

  it('is called "Sign-up is complete!" and holds login name and, where allowed, the password', async () => {
    const { subject, text } = await render({ ...welcome, password: 'quiet-arches-7' }, 'en');
    expect(subject).toBe('Sign-up is complete!');
    expect(text).toContain('Login name: gil@partner.example\nPassword: quiet-arches-7');
  });

  it('holds no password where the policy forbids it', async () => {
    expect((await render({ ...welcome, password: null }, 'en')).text).not.toMatch(/^Password:/m);
  });
});

describe('a notification', () => {
  const one = {
    kind: 'notification',
    siteName: 'Foyer',
    event: 'mention',
    actorName: 'Ava',
    spaceName: 'Bridge',
    threadTitle: 'Piles',
    text: 'First line\n\n**second** line, order 123456',
    cut: false,
    url: 'https://guests.example.com/spaces/7/threads/12?comment=34#comment-34',
    unsubscribe: 'https://guests.example.com/unsubscribe/k7q2',
    settings: 'https://guests.example.com/me#notification-mail',
  } as const satisfies MailMessage;

  it('says who did what where, with the whole text unchanged', async () => {
    const { subject, text } = await render(one, 'en');
    expect(subject).toBe('Re: [Bridge] Piles');
    expect(text).toMatch(/^Ava mentioned you in “Piles”\n\n/);
    expect(text).toContain('First line\n\n**second** line, order 123456');
    expect(text).toContain('Space: Bridge\nThread: Piles');
    expect(text).not.toContain('Read the rest');
    expect((await render({ ...one, event: 'comment' }, 'en')).text).toMatch(/^Ava commented on “Piles”/);
    expect((await render({ ...one, event: 'thread' }, 'en')).text).toMatch(/^Ava started “Piles”/);
    expect((await render(one, 'ja')).text).toMatch(/^Ava/);
  });

  it('says when the text was cut', async () => {
    expect((await render({ ...one, cut: true }, 'en')).text).toContain('Read the rest in the thread');
  });

  it('never alters what people wrote, such as six digits in words or addresses', async () => {
    const url = 'https://guests.example.com/spaces/7/threads/123456?comment=345678#comment-345678';
    const text = 'Order 123456, see https://shop.example/654321\nPhone +49 30 987654';
    const mail = await render({ ...one, url, text, actorName: '777777', threadTitle: '246810' }, 'en');
    expect(mail.fromName).toContain('777777');
    expect(mail.text).toMatch(/^777777 /);
    expect(mail.subject).toContain('246810');
    expect(mail.text).toContain(text);
    expect(mail.text.split('\n')).toContain(url);
    for (const part of [mail.subject, mail.text, mail.html]) expect(part).not.toMatch(/\u2060|%3\d/);
  });

  it('shows Markdown as the pages do: formatted in HTML, as typed in text, with nothing that loads or needs a style sheet', async () => {
    const typed =
      '**bold** for @Snake_Case_Name\n\n- [x] [plan](/spaces/7/files)\n\n![pixel](https://evil.example/p.gif)';
    const marks = [{ from: 13, to: 29, name: 'Snake_Case_Name' }];
    const { text, html } = await render({ ...one, text: typed, marks }, 'en');
    expect(text).toContain(typed);
    expect(html).toContain('<strong>bold</strong>');
    expect(html).toContain('>@Snake_Case_Name</bdi>');
    expect(html).toMatch(
      /<a class="accent-ink" href="https:\/\/guests\.example\.com\/spaces\/7\/files" style=/,
    );
    expect(html).toContain('☑ <a');
    expect(html).not.toMatch(/<(img|input|label)|class="(mention|to-)|tabindex/);
  });

  it('renders every tag of the renderer with its own style', async () => {
    const { html } = every.find(({ name }) => name === 'notification-comment-ordinary')!;
    const plain = /^(html|head|meta|title|style|xml|br|strong|em|s|thead|tbody|tr|div)$/;
    const tags = [...html.matchAll(/<(\w+)(\s[^<>]*)?>/g)];
    const unstyled = tags.filter(([, tag, rest]) => !plain.test(tag!) && !rest?.includes('style='));
    // The table that only classic Outlook reads, and the one around the site's name.
    expect(unstyled.map(([, tag]) => tag)).toEqual(['table', 'td', 'table']);
  });

  it('names what is attached, with sizes', async () => {
    const files = [
      { name: 'plan.pdf', size: 2 * 1024 * 1024 },
      { name: 'photo\r\nX: 1.jpg', size: 310 * 1024 },
    ];
    const { text, html } = await render({ ...one, text: '', files }, 'en');
    expect(text).toContain('\nAttached: plan.pdf (2 MB), photo X: 1.jpg (310 kB)\n');
    expect(text).not.toContain('no text yet');
    expect(html).toContain('Attached: plan.pdf (2 MB)');
  });

  it('has one subject for all mails of a thread, and reveals nothing else to group them by', async () => {
    const first = await render({ ...one, event: 'thread', answer: false, threadId: 12 }, 'en');
    const second = await render({ ...one, actorName: 'Ben', answer: true, threadId: 12 }, 'ja');
    expect(second.subject).toBe(`Re: ${first.subject}`);
    expect([first.threadId, second.threadId]).toEqual([12, 12]);
    const nameless = await render({ ...one, threadTitle: 'Bridge', answer: false }, 'en');
    expect(nameless.subject).toBe('Bridge');
  });

  it('of several in one space, or in one thread, says so', async () => {
    const event = {
      event: 'comment',
      actorName: 'Ben',
      text: 'Fine.',
      cut: false,
      at: 0,
      url: one.url,
    } as const;
    const thread = { id: 12, spaceName: 'Bridge', threadTitle: 'Piles', events: [event, event] };
    const links = { unsubscribe: one.unsubscribe, settings: one.settings, timeZone: 'UTC' };
    const digest = { kind: 'digest', siteName: 'Foyer', count: 2, url: one.url, ...links } as const;
    const ofThread = await render({ ...digest, threads: [thread] }, 'en');
    expect(ofThread).toMatchObject({
      subject: 'Re: [Bridge] Piles',
      threadId: 12,
      fromName: 'Ben (via Foyer)',
    });
    expect(ofThread.text).toMatch(/^2 new posts in “Piles”\n\nBen commented/);
    const other = { ...thread, id: 13, events: [{ ...event, actorName: 'Ava' }] };
    const ofSpace = await render({ ...digest, count: 3, threads: [thread, other] }, 'en');
    expect(ofSpace).toMatchObject({ subject: 'Bridge: 3 new posts', threadId: null, fromName: 'Foyer' });
    expect(ofSpace.text).not.toContain('Bridge ·');
  });

  it('of several events lists them by thread, with a link to the first of each, in the time zone of the reader', async () => {
    const event = {
      event: 'comment',
      actorName: 'Ben',
      text: 'Fine.',
      cut: false,
      at: Date.UTC(2026, 10, 28, 17, 20),
    } as const;
    const { subject, text } = await render(
      {
        kind: 'digest',
        siteName: 'Foyer',
        count: 9,
        threads: [
          { spaceName: 'Bridge', threadTitle: 'Piles', events: [{ ...event, url: one.url }] },
          { spaceName: 'Harbour', threadTitle: 'Ferry', events: [{ ...event, url: `${one.url}5` }] },
        ],
        timeZone: 'Asia/Tokyo',
        url: 'https://guests.example.com/notifications',
        unsubscribe: one.unsubscribe,
        settings: one.settings,
      },
      'en',
    );
    expect(subject).toBe('9 notifications from Foyer');
    expect(text).toMatch(
      /Bridge · Piles\n\nBen commented · Sun,? 29 Nov, 02:20 GMT\+9\nFine\.\n\nOpen the thread:\nhttps:\S+#comment-34\n/,
    );
    expect(text).toContain('Harbour · Ferry');
    expect(text).toContain('And 7 more.');
  });
});

describe('the sender', () => {
  const from = async (actorName: string, guestOf: string | null = null, siteName = 'Foyer') =>
    (
      await render(
        {
          kind: 'notification',
          event: 'comment',
          ...{
            siteName,
            actorName,
            guestOf,
            spaceName: 'Bridge',
            threadTitle: 'Piles',
            text: 'x',
            cut: false,
          },
          url: 'https://x.example/1',
          unsubscribe: 'https://x.example/2',
          settings: 'https://x.example/3',
        },
        'en',
      )
    ).fromName;

  it('is whoever caused the mail, and a guest is called one', async () => {
    expect(await from('Ben Kowalski')).toBe('Ben Kowalski (via Foyer)');
    expect(await from('Mia Ito', 'Northwind')).toBe('Mia Ito (guest, Northwind) via Foyer');
    expect(await from('Mia Ito', '')).toBe('Mia Ito (guest) via Foyer');
    expect((await render(invitation, 'en')).fromName).toBe('Ava (via Foyer)');
    expect((await render(invitation, 'ja')).fromName).toBe('Ava（Foyer経由）');
  });

  it('cannot look like an address, or hide by brackets or length who it is', async () => {
    for (const name of ['ceo@bank.example', 'ceo＠bank.example', 'https://bank.example', '', '()'])
      expect(await from(name)).toBe('Foyer');
    expect(await from('Mia', 'x@bank.example')).toBe('Mia (guest) via Foyer');
    expect(await from('Ava (via Foyer) <', 'Northwind) (user')).toBe(
      'Ava via Foyer (guest, Northwind user) via Foyer',
    );
    const long = await from('Ava Lindqvist '.repeat(9), 'N'.repeat(99), 'F'.repeat(99));
    expect(long).toMatch(/^Ava.+… \(guest, N{60}…\) via F{60}…$/);
  });

  it('of other mails is the site', async () => {
    for (const { name, message, fromName } of every.filter((s) => s.name.endsWith('-ordinary')))
      expect(fromName.includes('Ava Lindqvist'), name).toBe(
        /invitation|removed|notification|made-user/.test(message.kind),
      );
  });
});

describe('an answer', () => {
  it('to an invitation goes to the inviter, and the mail says so', async () => {
    const { replyTo, text, html } = await render({ ...invitation, inviterEmail: 'ava@foyer.example' }, 'en');
    expect(replyTo).toEqual({ name: 'Ava', email: 'ava@foyer.example' });
    for (const part of [text, html]) expect(part).toContain('If you reply, your answer goes to Ava.');
    expect((await render(invitation, 'en')).text).toContain('Please don’t reply');
  });

  it('to other mails goes to nobody, except to the guest who asks for a link', () => {
    for (const { name, message, replyTo } of every)
      expect(replyTo === null, name).toBe(!/invitation|link-asked/.test(message.kind));
  });
});
