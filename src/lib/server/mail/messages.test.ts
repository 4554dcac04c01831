import { describe, expect, it } from 'vitest';
import { loadTranslator, locales } from '../../messages';
import { defaultInvitation, render } from './messages';
import { samples } from './samples';

const lone = /(?<!\d)\d{6}(?!\d)/;
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

/** HTML as a person reads it. */
const visible = (html: string) =>
  html
    .replace(/<(head|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
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

  it('holds its URL once in full, alone on its line; in HTML as a button and as text', () => {
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

  it('begins with the code where it is a code mail, and holds no lone six-digit number where it is not', () => {
    for (const { name, message, text, html } of every) {
      if (message.kind === 'code') {
        expect(text.split('\n')[0], name).toBe(message.code);
        expect(text.match(lone)?.[0], name).toBe(message.code);
        expect(html.match(lone)?.[0], name).toBe(message.code);
      } else {
        expect(text, name).not.toMatch(lone);
        expect(html, name).not.toMatch(lone);
        expect(html.replace(/<[^>]*>/g, ' '), name).not.toMatch(lone);
      }
    }
  });

  it('lets nobody write markup into it', () => {
    for (const { name, html } of every) {
      expect(html, name).not.toMatch(/<(script|img|b|i)[ >]/);
      expect(html, name).not.toContain('evil.example"');
      expect(html.match(/<\/body>/g), name).toHaveLength(1);
      expect(html.match(/<\/style>/g), name).toHaveLength(1);
    }
  });

  it('loads nothing from anywhere and tracks nobody', () => {
    for (const { name, html } of every) expect(html, name).not.toMatch(/\ssrc=|url\(|@import|<link|<img/);
  });

  it('says in HTML what it says in text', () => {
    for (const { name, message, text, html } of every) {
      const words = (s: string) => s.replace(/\s+/g, '');
      const shown = words(visible(html));
      for (const line of text.split('\n')) {
        if (line === '-- ') continue;
        for (const piece of line.split(/: |:$/).filter(Boolean))
          if (!('url' in message) || piece !== message.url) expect(shown, name).toContain(words(piece));
      }
    }
  });

  it('says its language', () => {
    for (const locale of locales)
      expect(every.some((s) => s.html.includes(`<html lang="${locale}">`))).toBe(true);
  });

  it('leaves no placeholder open', () => {
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

  it('says it in Japanese', async () => {
    const { text } = await render({ ...invitation, timeZone: 'Asia/Tokyo' }, 'ja');
    expect(text).toContain('1週間');
    expect(text).toMatch(/2026年11月29日日曜日 2:20 (JST|GMT\+9)/);
  });

  it('has a ready text in every language, with the names in it', async () => {
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

  it('holds no password where it may not', async () => {
    expect((await render({ ...welcome, password: null }, 'en')).text).not.toMatch(/^Password:/m);
  });
});
