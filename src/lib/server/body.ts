/**
 * The one reader of request bodies. Nothing is parsed before it was counted, and what cannot be parsed is refused in
 * words: a broken body is a mistake of whoever sent it, never a fault of ours (tests/architecture.test.ts).
 */
import { Refusal } from './errors';

/** Of a form without files, and of everything else that says no limit of its own. */
export const PLAIN = 1024 * 1024;

/** What a body is refused with when it is larger than it may be. */
export type TooLarge = () => Refusal;
const tooMuch: TooLarge = () => new Refusal('too-large');
const unreadable = () => new Refusal('invalid', { key: 'form.unreadable' });
const unsupported = () => new Refusal('unsupported', { key: 'form.unreadable' });

/**
 * Reads a body through `read`, and no more than `limit` bytes of it. What it says of its length is believed first; what
 * breaks off beyond the limit breaks every reader, each with an error of its own, so it is told here.
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
  // Bytes that are no UTF-8 become \ufffd, as everywhere on the web.
  const text = await reading(request, limit, tooLarge, (body) => body.text());
  for (const [name, value] of new URLSearchParams(text)) data.append(name, value);
  return data;
}

/** JSON, whatever is in it. */
export async function json(request: Request, limit = PLAIN): Promise<unknown> {
  if (typeOf(request) !== 'application/json') throw unsupported();
  return reading(request, limit, tooMuch, (body) => body.json());
}

/** A file as a raw body, and how many bytes it says it has (0: it does not say). Whoever keeps it counts it (blobs.ts). */
export const raw = (request: Request): { body: ReadableStream<Uint8Array> | Uint8Array; size: number } => ({
  body: request.body ?? new Uint8Array(),
  size: Number(request.headers.get('content-length') ?? 0),
});

/** The type of a body that we can read: in lower case, without parameters. Other character sets than UTF-8 are no type. */
export function typeOf(request: Request): string {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '')
    .split(';')
    .map((p) => p.trim());
  const charset = parameters
    .map((p) => /^charset\s?=\s?"?([^"]*)"?$/i.exec(p)?.[1])
    .find((c) => c !== undefined);
  return charset === undefined || /^utf-?8$/i.test(charset) ? type.toLowerCase() : '';
}
