/** Reads what an export contains. */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';

/** By its central directory, as programs do; checks what the archive says of each entry. */
export function unzipped(bytes: Uint8Array): { name: string; text: string }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    assert.equal(view.getUint32(at, true), 0x02014b50);
    const size = view.getUint32(at + 24, true);
    const named = view.getUint16(at + 28, true);
    const begins = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named));
    assert.equal(view.getUint32(begins, true), 0x04034b50);
    const from = begins + 30 + named;
    const content = bytes.subarray(from, from + size);
    assert.equal(crc32(content), view.getUint32(at + 16, true));
    assert.equal(view.getUint32(from + size, true), 0x08074b50);
    at += 46 + named + view.getUint16(at + 30, true);
    return { name, text: new TextDecoder().decode(content) };
  });
}

export const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> =>
  new Uint8Array(await new Response(stream).arrayBuffer());

/** Each entry by its name; lists and objects as such. */
export async function contents(stream: ReadableStream<Uint8Array>): Promise<Record<string, unknown>> {
  const all = unzipped(await bytesOf(stream));
  return Object.fromEntries(
    all.map(({ name, text }) => [name, name.endsWith('.json') ? (JSON.parse(text) as unknown) : text]),
  );
}
