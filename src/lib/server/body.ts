/** The only reader of request bodies. Counts bytes before parsing; what cannot be parsed is the sender's mistake, not a 500. */
import { Refusal } from './errors';

export const PLAIN = 1024 * 1024;

/** More than people send by mistake; in milliseconds, for a slow network. */
const REST = { bytes: 64 * PLAIN, time: 30_000 };
const DRAINED_AT_ONCE = 256 * 1024;

export type TooLarge = () => Refusal;
const tooMuch: TooLarge = () => new Refusal('too-large');
const unreadable = () => new Refusal('invalid', { key: 'form.unreadable' });
const unsupported = () => new Refusal('unsupported', { key: 'form.unreadable' });

/** Reads at most `limit` bytes through `read`. Readers throw different errors when cut off, so the refusal is made here. */
async function reading<T>(
  request: Request,
  limit: number,
  tooLarge: TooLarge,
  read: (body: Response) => Promise<T>,
): Promise<T> {
  const said = request.headers.get('content-length');
  if (said !== null && !(Number(said) <= limit)) throw tooLarge();
  let left = limit;
  const body = request.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        left -= chunk.length;
        // What is too much is not cancelled but drained (see there).
        if (left >= 0) controller.enqueue(chunk);
        else if (left < -REST.bytes) controller.error(new Error('too large'));
      },
      flush(controller) {
        if (left < 0) controller.error(new Error('too large'));
      },
    }),
  );
  const type = request.headers.get('content-type');
  try {
    return await read(new Response(body ?? '', { headers: type === null ? {} : { 'content-type': type } }));
  } catch {
    throw left < 0 ? tooLarge() : unreadable();
  }
}

export async function form(request: Request, limit = PLAIN, tooLarge = tooMuch): Promise<FormData> {
  const type = typeOf(request);
  if (type === 'multipart/form-data') return reading(request, limit, tooLarge, (body) => body.formData());
  if (type !== 'application/x-www-form-urlencoded') throw unsupported();
  const data = new FormData();
  const text = await reading(request, limit, tooLarge, (body) => body.text());
  for (const [name, value] of new URLSearchParams(text)) data.append(name, value);
  return data;
}

export async function json(request: Request, limit = PLAIN): Promise<unknown> {
  if (typeOf(request) !== 'application/json') throw unsupported();
  return reading(request, limit, tooMuch, (body) => body.json());
}

/** As they arrived, for what is signed. */
export const bytes = (request: Request, limit = PLAIN): Promise<Uint8Array<ArrayBuffer>> =>
  reading(request, limit, tooMuch, async (body) => new Uint8Array(await body.arrayBuffer()));

/** With its declared length (0 if unknown). Whoever stores it counts the bytes (blobs/stream.ts). */
export const raw = (request: Request): { body: ReadableStream<Uint8Array> | Uint8Array; size: number } => ({
  body: request.body ?? new Uint8Array(),
  size: Number(request.headers.get('content-length') ?? 0),
});

/** The same request. Both can be read, by whoever comes first: a copy made without naming the body would lock it for `drain`. */
export const withHeaders = (request: Request, headers: Headers): Request =>
  new Request(request, { headers, body: request.body });

/**
 * Reads the rest of a body that was refused early, and discards it. Otherwise the server closes the connection while the sender still
 * writes, and the sender never reads the answer.
 */
export async function drain(request: Request, { bytes, time } = REST): Promise<void> {
  const said = Number(request.headers.get('content-length') ?? 0);
  if (!request.body || request.body.locked || said > bytes) return;
  const reader = request.body.getReader({ mode: 'byob' });
  const late = setTimeout(() => void reader.cancel().catch(() => {}), time);
  try {
    for (let left = bytes, buffer = new ArrayBuffer(DRAINED_AT_ONCE); left > 0;) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) return;
      left -= value.length;
      buffer = value.buffer as ArrayBuffer;
    }
    await reader.cancel();
  } catch {
    // The sender has gone.
  } finally {
    clearTimeout(late);
    reader.releaseLock();
  }
}

/** Lower case, without parameters. Empty for character sets other than UTF-8. */
export function typeOf(request: Request): string {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .split(';')
    .map((p) => p.trim());
  const charset = parameters
    .map((p) => /^charset\s?=\s?"?([^"]*)"?$/i.exec(p)?.[1])
    .find((c) => c !== undefined);
  return charset === undefined || /^utf-?8$/i.test(charset) ? type.toLowerCase() : '';
}
