import { describe, expect, it } from 'vitest';
import { all, cityOf, regionOf, today, usable } from './zones';

describe('time zones have the names of today', () => {
  const zones = all();

  it('the list has no old name, each once, by city', () => {
    expect(zones).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires', 'Asia/Ho_Chi_Minh', 'Asia/Kathmandu', 'Asia/Yangon', 'America/Nuuk', 'America/Indiana/Indianapolis', 'Atlantic/Faroe', 'UTC'])); // prettier-ignore
    for (const old of [
      'Asia/Calcutta',
      'Europe/Kiev',
      'America/Buenos_Aires',
      'Asia/Saigon',
      'Pacific/Truk',
      'US/Pacific',
    ])
      // prettier-ignore
      expect(zones).not.toContain(old);
    expect(new Set(zones).size).toBe(zones.length);
    expect(zones.length).toBeGreaterThan(400);
    const cities = zones.map(cityOf);
    expect(cities).toEqual([...cities].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  });

  it('each works, and stays what it is', () => {
    for (const zone of zones) {
      expect(() => new Intl.DateTimeFormat('en', { timeZone: usable(zone) })).not.toThrow();
      expect([zone, today(zone)]).toEqual([zone, zone]);
    }
  });

  it.each([
    ['Asia/Calcutta', 'Asia/Kolkata'],
    ['Europe/Kiev', 'Europe/Kyiv'],
    ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['Pacific/Truk', 'Pacific/Chuuk'],
    ['europe/kyiv', 'Europe/Kyiv'],
    ['US/Pacific', 'America/Los_Angeles'],
    ['Asia/Tel_Aviv', 'Asia/Jerusalem'],
    ['Etc/UTC', 'UTC'],
    ['GMT', 'UTC'],
  ])('%s is %s', (typed, zone) => expect(today(typed)).toBe(zone));

  it.each(['', 'Mars/Olympus', '+09:00', 'Kolkata', 'x'.repeat(10_000), '../etc/passwd', null, undefined])(
    '%j is none',
    (typed) => expect(today(typed)).toBeNull(),
  );

  it('a zone that this engine does not know is shown as UTC, not as an error', () => {
    expect([usable('Mars/Olympus'), usable(''), usable(null), usable('Asia/Kolkata')]).toEqual(['UTC', 'UTC', 'UTC', 'Asia/Kolkata']); // prettier-ignore
  });

  it('a city and a region are parts of the name', () => {
    expect(['America/Argentina/Buenos_Aires', 'UTC'].map(cityOf)).toEqual(['Buenos Aires', 'UTC']);
    expect(['America/Argentina/Buenos_Aires', 'UTC'].map(regionOf)).toEqual(['America', '']);
  });
});
