import { describe, expect, it } from 'vitest';
import { site } from '../../../tests/factories';
import { DAY, ORIGIN, testContext } from '../../../tests/contexts';
import { refusal } from '../../../tests/helpers';
import * as wellKnown from './well-known';

describe('security.txt', () => {
  it('says whom to write to, and for how long that is true', async () => {
    const ctx = testContext({ config: { securityContact: 'mailto:security@foyer.example' } });
    const answer = wellKnown.securityText(ctx);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = (await answer.text()).trimEnd().split('\n');
    expect(lines).toEqual([
      'Contact: mailto:security@foyer.example',
      expect.stringMatching(/^Expires: /),
      'Preferred-Languages: en, ja',
      `Canonical: ${ORIGIN}/.well-known/security.txt`,
    ]);
    const expires = Date.parse(lines[1]!.slice('Expires: '.length));
    expect(expires).toBeGreaterThan(ctx.now + 30 * DAY);
    // RFC 9116 recommends less than a year.
    expect(expires).toBeLessThan(ctx.now + 365 * DAY);
  });

  it('does not exist without a contact', () => {
    expect(() => wellKnown.securityText(testContext({ config: { securityContact: null } }))).toThrow(
      expect.objectContaining(refusal('missing')),
    );
  });
});

describe('the web manifest', () => {
  it('names the site', async () => {
    await site({ setUp: true, siteName: 'Harbour "Portal"' });
    const answer = await wellKnown.manifest(testContext({ now: Date.now() + DAY }));
    expect(answer.headers.get('content-type')).toBe('application/manifest+json');
    expect(await answer.json()).toMatchObject({ name: 'Harbour "Portal"', start_url: '/' });
  });
});
