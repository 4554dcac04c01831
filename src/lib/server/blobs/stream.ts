import { Refusal } from '../errors';
import { HEAD_BYTES } from './type';

export interface Source {
  head: Uint8Array;
  chunks: AsyncIterable<Uint8Array>;
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export async function peek(body: ReadableStream<Uint8Array> | Uint8Array): Promise<Source> {
  if (body instanceof Uint8Array) return { head: body, chunks: single(body) };
  const stream = body;
  const reader = stream.getReader();
  const first: Uint8Array[] = [];
  for (let length = 0; length < HEAD_BYTES;) {
    const { done, value } = await reader.read();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  reader.releaseLock();
  return { head: joined(first), chunks: chunks() };
  async function* chunks() {
    yield* first.splice(0);
    // Whoever stops early leaves the rest to be drained (body.ts).
    yield* stream.values({ preventCancel: true });
  }
}

export async function* single(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

export async function readAll(chunks: AsyncIterable<Uint8Array>, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for await (const chunk of chunks) {
    if (at + chunk.length > size) throw wrongSize();
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at !== size) throw wrongSize();
  return bytes;
}

const wrongSize = () => new Refusal('invalid', { key: 'file.size-wrong' });

/** R2 needs the length first. A body of another length, or one that breaks off, is not stored. */
export async function streamTo(
  bucket: R2Bucket,
  key: string,
  size: number,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { readable, writable } = new FixedLengthStream(size);
  const put = bucket.put(key, readable);
  put.catch(() => {});
  const writer = writable.getWriter();
  try {
    let left = size;
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) throw wrongSize();
      await writer.write(chunk);
    }
    if (left > 0) throw wrongSize();
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    await put.catch(() => {});
    throw error;
  }
  await put;
}
