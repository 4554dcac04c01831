import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { as } from '../../../../tests/contexts';
import { ana, setUpSpace } from '../../../../tests/file-space';
import { get, send, words } from '../../../../tests/files';
import * as p from '../../../../tests/pictures';
import { file } from '../schema';

setUpSpace();

describe('the name of a download', () => {
  it.each([
    ['報告書.pdf', `filename="???.pdf"; filename*=UTF-8''%E5%A0%B1%E5%91%8A%E6%9B%B8.pdf`],
    ['a"b\\c;d.txt', 'filename="c;d.txt"'],
    ['say "hi".txt', 'filename="say \\"hi\\".txt"'],
    ["it's (1)*!.txt", `filename="it's (1)*!.txt"`],
    ['a\r\nSet-Cookie: x=1.txt', 'filename="a Set-Cookie: x=1.txt"'],
    ['cod\u202egpj.exe', 'filename=codgpj.exe'],
    // Browsers would decode the first; only the second spelling is exact.
    ['%2e%2e%2fx.txt', `filename=%2e%2e%2fx.txt; filename*=UTF-8''%252e%252e%252fx.txt`],
    ['🎉.png', `filename="??.png"; filename*=UTF-8''%F0%9F%8E%89.png`],
    ['CON', 'filename=_CON'],
  ])('quotes %j', async (name, says) => {
    const { id } = await send(ana, p.text('x'), name);
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-disposition')).toBe(`attachment; ${says}`);
  });

  it('an old name that is too long is cut', async () => {
    const { id } = await send(ana, p.text('x'), 'x.txt');
    await as(ana)
      .db.update(file)
      .set({ name: '報'.repeat(120) })
      .where(eq(file.id, id));
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(decodeURIComponent(headers.get('content-disposition')!.split("''")[1]!)).toBe('報'.repeat(80));
  });
});

describe('a click on a file', () => {
  it.each<[string, Uint8Array, string, string]>([
    ['photo.jpg', p.jpeg, 'inline', 'image/jpeg'],
    ['plan.png', p.png(4, 4), 'inline', 'image/png'],
    ['photo.webp', p.webpTelling(), 'inline', 'image/webp'],
    ['photo.avif', p.avif({}), 'inline', 'image/avif'],
    ['moving.gif', p.gifTelling(), 'inline', 'image/gif'],
    // Whatever the name says, the bytes decide.
    ['page.png', p.text('<script>alert(1)</script>'), 'attachment', 'application/octet-stream'],
    [
      'drawing.svg',
      p.text('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'attachment',
      'application/octet-stream',
    ],
    ['page.html', p.png(4, 4), 'inline', 'image/png'],
  ])('shows pictures and downloads the rest, in a sandbox: %s', async (name, bytes, disposition, type) => {
    const { id } = await send(ana, bytes, name);
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-disposition': `${disposition}; filename=${name}`,
      'content-type': type,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
  });
});

describe('a PDF', () => {
  it('is shown by the browser’s own viewer, which our sandbox would stop, and loads nothing', async () => {
    const { id } = await send(ana, p.text('%PDF-1.7'), 'offer.pdf');
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-disposition': 'inline; filename=offer.pdf',
      'content-type': 'application/pdf',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    });
  });

  it('is only one by its bytes: HTML of that name is a download, in the sandbox', async () => {
    const { id } = await send(ana, p.text('<script>alert(1)</script>%PDF-1.7'), 'offer.pdf');
    const { headers } = await get(ana, id, {}, '', 'HEAD');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(/^attachment/);
    expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  });
});

describe('“Download”', () => {
  it.each([
    ['photo.jpg', p.jpeg],
    ['offer.pdf', p.text('%PDF-1.7')],
    ['notes.txt', p.text('x')],
  ])('saves whatever is shown otherwise: %s', async (name, bytes) => {
    const { id } = await send(ana, bytes, name);
    const { headers } = await get(ana, id, {}, '?download', 'HEAD');
    expect(headers.get('content-disposition')).toBe(`attachment; filename=${name}`);
  });
});

describe('ranges', () => {
  const bytes = p.text('0123456789');
  let id: string;
  beforeAll(async () => void ({ id } = await send(ana, bytes)));

  it.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-3', 206, 'bytes 7-9/10', '789'],
    ['bytes=-99', 206, 'bytes 0-9/10', '0123456789'],
    ['bytes=8-99', 206, 'bytes 8-9/10', '89'],
    ['bytes=9-9', 206, 'bytes 9-9/10', '9'],
    ['bytes=10-', 416, 'bytes */10', ''],
    ['bytes=-0', 416, 'bytes */10', ''],
    ['bytes=5-3', 200, null, '0123456789'],
    ['bytes=0-1,3-4', 200, null, '0123456789'],
    ['bytes=-', 200, null, '0123456789'],
    ['lines=1-2', 200, null, '0123456789'],
    ['bytes=0-99999999999999999999', 200, null, '0123456789'],
  ])('%s', async (range, status, said, content) => {
    const response = await get(ana, id, { range });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range')).toBe(said);
    expect(await words(response)).toBe(content);
  });

  it('an unchanged file is not sent again; a changed one is sent whole', async () => {
    const etag = (await get(ana, id, {}, '', 'HEAD')).headers.get('etag')!;
    expect((await get(ana, id, { 'if-none-match': `"x", W/${etag}` })).status).toBe(304);
    expect((await get(ana, id, { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
    const other = await get(ana, id, { range: 'bytes=0-1', 'if-range': '"x"' });
    expect([other.status, await words(other)]).toEqual([200, '0123456789']);
  });

  it('HEAD sends the length only', async () => {
    const response = await get(ana, id, {}, '', 'HEAD');
    expect(response.headers.get('content-length')).toBe('10');
    expect(await response.text()).toBe('');
  });
});
