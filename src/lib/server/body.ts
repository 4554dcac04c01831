/**
 * The only reader of request bodies (tests/architecture.test.ts). Nothing is parsed before it was counted. A body that
 * cannot be parsed is refused with a sentence: that is the sender's mistake, not a 500.
 */
import { Refusal } from './errors';

/** The limit for a form without files, and the default for everything else. */
export const PLAIN = 1024 * 1024;

/** The refusal of a body that is too large. */
export type TooLarge = () => Refusal;
const tooMuch: TooLarge = () => new Refusal('too-large');
const unreadable = () => new Refusal('invalid', { key: 'form.unreadable' });
const unsupported = () => new Refusal('unsupported', { key: 'form.unreadable' });

/**
 * Reads a body through `read`, but at most `limit` bytes. A declared length beyond the limit is refused at once. If the
 * stream is cut off at the limit, every reader throws a different error, so the refusal is made here.
 */
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
        if (left < 0) controller.error(new Error('too large'));
        else controller.enqueue(chunk);
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

/** A form, as browsers and scripts send it: in UTF-8, URL-encoded or in parts. */
export async function form(request: Request, limit = PLAIN, tooLarge = tooMuch): Promise<FormData> {
  const type = typeOf(request);
  if (type === 'multipart/form-data') return reading(request, limit, tooLarge, (body) => body.formData());
  if (type !== 'application/x-www-form-urlencoded') throw unsupported();
  const data = new FormData();
  // Bytes that are not UTF-8 become \ufffd, as everywhere on the web.
  const text = await reading(request, limit, tooLarge, (body) => body.text());
  for (const [name, value] of new URLSearchParams(text)) data.append(name, value);
  return data;
}

/** Any JSON. */
export async function json(request: Request, limit = PLAIN): Promise<unknown> {
  if (typeOf(request) !== 'application/json') throw unsupported();
  return reading(request, limit, tooMuch, (body) => body.json());
}

/** A file as a raw body, with its declared length (0 if unknown). Whoever stores it counts the bytes (blobs/stream.ts). */
export const raw = (request: Request): { body: ReadableStream<Uint8Array> | Uint8Array; size: number } => ({
  body: request.body ?? new Uint8Array(),
  size: Number(request.headers.get('content-length') ?? 0),
});

/** The type of a body, in lower case and without parameters. Empty for character sets other than UTF-8. */
export function typeOf(request: Request): string {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .split(';')
    .map((p) => p.trim());
  const charset = parameters
    .map((p) => /^charset\s?=\s?"?([^"]*)"?$/i.exec(p)?.[1])
    .find((c) => c !== undefined);
  return charset === undefined || /^utf-?8$/i.test(charset) ? type.toLowerCase() : '';
}
