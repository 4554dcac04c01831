import { describe, expect, it } from 'vitest';
import { dateLocale, formatDate } from './dates';

describe('dates', () => {
  it('are written as in the region of the browser', () => {
    expect(dateLocale('en', 'en-GB,en;q=0.9')).toBe('en-GB');
    expect(dateLocale('en', 'en-US')).toBe('en-US');
    expect(dateLocale('en', 'en-au')).toBe('en-AU');
    expect(dateLocale('en', 'en,de;q=0.5')).toBe('en-US');
  });
  it('are British where English is not spoken, or nobody knows', () => {
    for (const accepted of ['de-DE,en-US;q=0.7', 'de', 'ja', '*', '', ';;', 'x'.repeat(5_000), null])
      expect(dateLocale('en', accepted), String(accepted)).toBe('en-GB');
  });
  it('follow the language of the page in others', () => expect(dateLocale('ja', 'en-US')).toBe('ja'));

  it('name day, month and zone in the order of the region', () => {
    const at = Date.UTC(2026, 11, 4, 18, 12);
    expect(formatDate('en-GB', 'short', 'Europe/Berlin', at)).toBe('4 Dec 2026, 19:12');
    expect(formatDate('en-US', 'short', 'Europe/Berlin', at)).toMatch(/^Dec 4, 2026, 7:12\sPM$/);
    expect(formatDate('en-US', 'short', 'UTC', at)).toMatch(/^Dec 4, 2026, 6:12\sPM$/);
    expect(formatDate('en-GB', 'named', 'Europe/Berlin', at)).toBe('4 Dec 2026, 19:12 CET');
  });
});
