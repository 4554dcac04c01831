import { describe, expect, it } from 'vitest';
import { shadesOf } from '../../../accent';
import { render, type MailMessage } from '../messages';
import { noBrand } from './brand';
import { accents } from './theme';

const code: MailMessage = { kind: 'code', siteName: 'Foyer', code: '048213', purpose: 'login' };
const removed: MailMessage = { kind: 'removed', siteName: 'Foyer', spaceName: 'bgcolor="#0e5e44" #0e5e44' };

describe('a mail has the face of the host', () => {
  it('its name, and its logo under an address that is the same for everybody', async () => {
    const logo = { url: 'https://guests.example.com/logo', width: 300, height: 100 };
    const { html } = await render(removed, 'en', { ...noBrand, company: 'Harbour Ltd', logo });
    expect(html).toContain('Harbour Ltd');
    const pictures = [...html.matchAll(/<img\s[^>]*>/g)].map(([tag]) => tag.replace(/\s+/g, ' '));
    expect(pictures).toEqual([
      expect.stringMatching(/src="https:\/\/guests\.example\.com\/logo" width="84" height="28" alt=""/),
    ]);
  });

  it('no picture without a logo', async () => {
    expect((await render(removed, 'en')).html).not.toContain('<img');
  });

  it('its colour, in light and dark, wherever ours would be', async () => {
    const { html } = await render(code, 'en', { ...noBrand, accent: '#6a1b9a' });
    const { light, dark } = shadesOf('#6a1b9a');
    for (const shade of [light.ours, dark.ours, dark.on]) expect(html).toContain(shade);
    for (const ours of accents) expect(html).not.toContain(ours);
  });

  it('and words of people that look like a colour stay as they are', async () => {
    const { html } = await render(removed, 'en', { ...noBrand, accent: '#6a1b9a' });
    expect(html).toContain('#0e5e44');
    expect(html.replace(/ (style|bgcolor)="[^"]*"/g, '')).not.toContain('#6a1b9a');
  });

  it('and no colour of six digits, which would look like a code', async () => {
    for (const accent of ['#123456', '#005577', '#224466', '#000000']) {
      const { html } = await render(code, 'en', { ...noBrand, accent });
      expect(html.match(/\d{6}/g), accent).toEqual(['048213']);
    }
  });
});
