/** Pictures run nothing and PDFs only in the browser's viewer, so they are shown; the rest is a download, so that no upload runs on our origin. */
import { create as contentDisposition } from 'content-disposition';
import * as blobs from '../blobs';
import { signedIn, type Ctx } from '../context';
import { Refusal } from '../errors';
import { log } from '../log';
import type { file } from '../schema';
import { rangeOf } from './range';
import { findVisible } from './visible';

type FileRow = typeof file.$inferSelect;

/** By their bytes. SVG is none of them: it is a document with scripts. */
const SHOWN_TYPES = new Set<string>([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/avif',
  'image/gif',
  'application/pdf',
]);
/** Few browsers show HEIC. */
const SAFE_TYPES = new Set<string>([...SHOWN_TYPES, 'image/heic']);

export async function serve(ctx: Ctx, id: string, request: Request): Promise<Response> {
  const row = await findVisible(signedIn(ctx), id);
  const { searchParams } = new URL(request.url);
  // A picture of somebody that came without scripts has none.
  return searchParams.has('thumb') && !(row.kind === 'avatar' && !row.thumbKey)
    ? serveThumbnail(ctx, row, request)
    : serveFile(ctx, row, request, searchParams.has('download'));
}

/** Parts of pages, which pages name by their ids. Their change is another id. */
const isPartOfPage = ({ kind }: FileRow): boolean => kind === 'cover' || kind === 'avatar';

/** @param immutable for parts of pages. The rest is revalidated each time, and never in shared caches */
const baseHeaders = (immutable: boolean): Headers =>
  new Headers({
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'private, no-store',
  });

async function serveThumbnail(ctx: Ctx, row: FileRow, request: Request): Promise<Response> {
  const object = row.thumbKey && (await ctx.bucket.get(row.thumbKey));
  if (!object) throw new Refusal('missing');
  const bytes = new Uint8Array(await object.arrayBuffer());
  const headers = baseHeaders(isPartOfPage(row));
  headers.set('content-type', blobs.detectType(bytes));
  headers.set('content-disposition', 'inline');
  headers.set('content-length', String(bytes.length));
  return new Response(request.method === 'HEAD' ? null : bytes, { headers });
}

async function serveFile(ctx: Ctx, row: FileRow, request: Request, download: boolean): Promise<Response> {
  const part = isPartOfPage(row);
  const headers = baseHeaders(part);
  // A file never changes, so its id is enough, and an unchanged one costs no read of R2.
  const etag = `"${row.id}"`;
  headers.set('content-type', SAFE_TYPES.has(row.type) ? row.type : 'application/octet-stream');
  headers.set(
    'content-disposition',
    part
      ? 'inline'
      : contentDisposition(blobs.safeName(row.name), {
          type: SHOWN_TYPES.has(row.type) && !download ? 'inline' : 'attachment',
        }),
  );
  // Viewers of PDF do not run in our sandbox; they are one themselves, without access to our origin.
  if (row.type === 'application/pdf')
    headers.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  headers.set('etag', etag);
  headers.set('accept-ranges', 'bytes');
  if (isKnown(request, etag)) return new Response(null, { status: 304, headers });

  const unchanged = (request.headers.get('if-range') ?? etag) === etag;
  const range = unchanged ? rangeOf(request.headers.get('range'), row.size) : null;
  if (range === 'beyond-end') {
    headers.set('content-range', `bytes */${row.size}`);
    headers.delete('content-disposition');
    return new Response(null, { status: 416, headers });
  }
  const length = range ? range.length : row.size;
  headers.set('content-length', String(length));
  if (range) headers.set('content-range', `bytes ${range.offset}-${range.offset + length - 1}/${row.size}`);
  const status = range ? 206 : 200;
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  const object = await ctx.bucket.get(row.key, range ? { range } : undefined);
  return object ? new Response(object.body, { status, headers }) : objectLost(row);
}

function isKnown(request: Request, etag: string): boolean {
  const known = request.headers.get('if-none-match')?.split(',') ?? [];
  return known.some((other) => other.trim() === '*' || other.trim().replace(/^W\//, '') === etag);
}

/** Pages show a shipped cover instead, also without scripts; an attachment is 404. */
function objectLost(row: FileRow): Response {
  log(`file ${row.id}: its object is not in R2`);
  if (row.kind !== 'cover') throw new Refusal('missing');
  return new Response(null, {
    status: 302,
    headers: { location: '/covers/harbour.svg', 'cache-control': 'private, no-store' },
  });
}
