import { describe, expect, it } from 'vitest';
import { loadTranslator, locales } from '../../../messages';
import { defaultInvitation, droppedWhenRemoved, render, unsubscribeLinkOf, type MailMessage } from './index';
import { samples } from '../samples';

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
      if (!('url' in message)) continue;
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
      expect(html, name).not.toContain('evil.example"');
      expect(html.match(/<\/body>/g), name).toHaveLength(1);
      expect(html.match(/<\/style>/g), name).toHaveLength(1);
    }
  });

  it('loads nothing and tracks nobody', () => {
    for (const { name, html } of every) expect(html, name).not.toMatch(/\ssrc=|url\(|@import|<link|<img/);
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
      for (const line of text.split('\n')) {
        if (line === '-- ') continue;
        // Links in the small print have a label instead of the address.
        if ('unsubscribe' in message && html.includes(`href="${line}"`)) continue;
        for (const piece of line.split(/: |:$/).filter(Boolean))
          if (!('url' in message) || piece !== message.url) expect(shown, name).toContain(words(piece));
      }
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
      expect(every.some((s) => s.html.includes(`<html lang="${locale}">`))).toBe(true);
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
    expect(text).toMatch(/Saturday, November 28, 2026 at 6:20\sPM GMT\+1/);
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
    expect(subject).toBe('Ava mentioned you in “Piles”');
    expect(text).toContain('First line\n\n**second** line, order 123456');
    expect(text).toContain('Space: Bridge\nThread: Piles');
    expect(text).not.toContain('Read the rest');
    expect((await render({ ...one, event: 'comment' }, 'en')).subject).toBe('Ava commented on “Piles”');
    expect((await render({ ...one, event: 'thread' }, 'en')).subject).toBe('Ava started “Piles”');
    expect((await render(one, 'ja')).subject).toContain('Ava');
  });

  it('says when the text was cut', async () => {
    expect((await render({ ...one, cut: true }, 'en')).text).toContain('Read the rest in the thread');
  });

  it('never alters what people wrote, such as six digits in words or addresses', async () => {
    const url = 'https://guests.example.com/spaces/7/threads/123456?comment=345678#comment-345678';
    const text = 'Order 123456, see https://shop.example/654321\nPhone +49 30 987654';
    const mail = await render({ ...one, url, text, actorName: '777777', threadTitle: '246810' }, 'en');
    expect(mail.subject).toContain('777777');
    expect(mail.subject).toContain('246810');
    expect(mail.text).toContain(text);
    expect(mail.text.split('\n')).toContain(url);
    for (const part of [mail.subject, mail.text, mail.html]) expect(part).not.toMatch(/\u2060|%3\d/);
  });

  it('of several events lists them by thread, each with its address, in the time zone of the reader', async () => {
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
      /Bridge · Piles\n\nBen commented · Sun, Nov 29, 2:20\sAM GMT\+9\nFine\.\nhttps:\S+#comment-34\n/,
    );
    expect(text).toContain('Harbour · Ferry');
    expect(text).toContain('And 7 more.');
  });
});
