import { describe, expect, it } from 'vitest';
import { as, bindings, DAY, testContext } from '../../../tests/contexts';
import { makeAdministrator, makeGuest, makeUser } from '../../../tests/factories';
import { audited, refusal } from '../../../tests/helpers';
import * as p from '../../../tests/pictures';
import * as appearance from './appearance';
import * as files from './files';
import * as settings from './settings';

const ava = await makeAdministrator();
const named = {
  ...{ siteName: 'Harbour', companyName: 'Harbour Ltd', accent: null, removeLogo: false },
  ...{ loginText: '', privacyUrl: null, termsUrl: null, termsRequired: false, termsAgain: '' },
};
const picture = (bytes: Uint8Array<ArrayBuffer>, name = 'logo.png') => new File([bytes], name);

async function change(more: Partial<Parameters<typeof appearance.change>[1]>, now = Date.now()) {
  const { revision } = await settings.read(testContext());
  await appearance.change(as(ava, { now }), { ...named, logo: [], revision, ...more });
  return settings.read(testContext());
}
const wide = p.png(40, 10) as Uint8Array<ArrayBuffer>;

describe('the appearance', () => {
  it('is changed by administrators, and the audit says by whom', async () => {
    expect(await change({ accent: '#0b5cad' })).toMatchObject({
      siteName: 'Harbour',
      companyName: 'Harbour Ltd',
      accent: '#0b5cad',
    });
    const entries = await audited('setting.changed');
    expect(entries.at(-1)).toMatchObject({
      actor_id: ava.id,
      detail: { companyName: { to: 'Harbour Ltd' }, accent: { to: '#0b5cad' } },
    });
  });

  it('is changed by nobody else, and not by a stale form', async () => {
    const { revision } = await settings.read(testContext());
    for (const ctx of [as(await makeUser()), as(await makeGuest({ administrator: true }))])
      await expect(
        appearance.change(ctx, { ...named, logo: [picture(wide)], revision }),
      ).rejects.toMatchObject(refusal('forbidden'));
    await expect(change({ revision: revision - 1 })).rejects.toMatchObject(refusal('conflict', 'form.stale'));
  });

  it('takes no colour for that of guests, or of danger', async () => {
    await expect(change({ accent: '#f59e0b' })).rejects.toMatchObject(
      refusal('invalid', 'appearance.accent-amber'),
    );
    await expect(change({ accent: '#ff0000' })).rejects.toMatchObject(
      refusal('invalid', 'appearance.accent-red'),
    );
    expect((await settings.read(testContext())).accent).toBe('#0b5cad');
  });

  it('has styles under an address that changes with the colour', async () => {
    await change({ accent: '#0b5cad' });
    const { stylesheet } = await settings.appearance(testContext({ now: Date.now() + DAY }));
    const version = new URL(stylesheet!, 'http://x').searchParams.get('v');
    const answer = await appearance.stylesheet(testContext(), version);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(await answer.text()).toContain('--ours:light-dark(#0b5cad,');
    expect(answer.headers.get('cache-control')).toContain('private');
    // Nobody keeps what has another version than its address says, now or later.
    expect((await appearance.stylesheet(testContext(), '1-ffffff')).headers.has('cache-control')).toBe(false);
    await change({ accent: null });
    await expect(appearance.stylesheet(testContext(), version)).rejects.toMatchObject(refusal('missing'));
  });
});

describe('the logo', () => {
  it.each([
    ['a PNG', wide, 'image/png', 40, 10],
    ['a JPEG', p.jpeg, 'image/jpeg', 8, 8],
    ['a WebP', p.webp, 'image/webp', 8, 8],
    ['an AVIF', p.avif(), 'image/avif', 16, 16],
  ])('%s is kept with its size in pixels', async (_what, bytes, type, width, height) => {
    const { logo } = await change({ logo: [picture(bytes as Uint8Array<ArrayBuffer>, 'any.svg')] });
    expect(logo).toMatchObject({ type, width, height });
  });

  it.each([
    ['SVG', p.text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'logo.kind'],
    ['GIF', p.text('GIF89a\x01\0\x01\0'), 'logo.kind'],
    ['half a PNG', wide.slice(0, 20), 'logo.broken'],
    ['more pixels than a phone can hold', p.png(5_000, 1) as Uint8Array<ArrayBuffer>, 'logo.too-many-pixels'],
  ] as const)('is not %s, whatever its name', async (_what, bytes, key) => {
    await expect(change({ logo: [picture(bytes)] })).rejects.toMatchObject(refusal('invalid', key));
  });

  it('has at most a megabyte', async () => {
    const large = new Uint8Array(1024 ** 2 + 1);
    large.set(wide);
    await expect(change({ logo: [picture(large)] })).rejects.toMatchObject(
      refusal('too-large', 'file.too-large'),
    );
  });

  it('loses where it was made', async () => {
    const { logo } = await change({ logo: [picture(p.jpegTelling() as Uint8Array<ArrayBuffer>)] });
    const answer = await appearance.logo(testContext(), logo!.id);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(new TextDecoder('latin1').decode(bytes)).not.toContain(p.PLACE);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': expect.stringMatching(/^private, .*immutable/),
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });

  it('stays when something else changes, and goes when it is replaced or removed', async () => {
    const first = (await change({ logo: [picture(wide)] })).logo!;
    expect((await change({ companyName: 'Other' })).logo).toEqual(first);
    const second = (await change({ logo: [picture(p.jpeg as Uint8Array<ArrayBuffer>)] })).logo!;
    // Under the old address, which mails and open pages still have, stands the new one.
    const old = await appearance.logo(testContext(), first.id);
    expect(old.headers.get('content-type')).toBe('image/jpeg');
    expect(old.headers.has('cache-control')).toBe(false);
    await old.arrayBuffer();
    expect((await change({ removeLogo: true })).logo).toBeNull();
    await expect(appearance.logo(testContext(), second.id)).rejects.toMatchObject(refusal('missing'));

    const third = (await change({ logo: [picture(wide)] })).logo!;
    await files.purge(testContext({ now: Date.now() + 2 * DAY }));
    const { results } = await bindings.DB.prepare("select id from file where kind = 'logo'").all();
    expect(results).toEqual([{ id: third.id }]);
    expect((await bindings.FILES.list()).objects).toHaveLength(1);
    expect((await appearance.logo(testContext(), null)).status).toBe(200);
  });

  it('that was uploaded but refused with the form is removed', async () => {
    const { revision, logo } = await settings.read(testContext());
    await expect(
      change({ siteName: 'Quay', logo: [picture(wide)], revision: revision - 1 }),
    ).rejects.toMatchObject(refusal('conflict'));
    expect((await settings.read(testContext())).logo).toEqual(logo);
    const later = Date.now() + 2 * DAY;
    await files.purge(testContext({ now: later }));
    const { results } = await bindings.DB.prepare("select id from file where kind = 'logo'").all();
    expect(results).toEqual([{ id: logo!.id }]);
  });
});
