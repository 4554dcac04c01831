/** Checks address, headers and path before SvelteKit parses them, and changes those that it would take for something else. */
import { plainPage, takesPages } from './plain-pages';

/** In characters. Browsers and Cloudflare allow more. */
const MOST = { address: 8_192, header: 16_384, headers: 65_536 };

export async function rejectOversized(request: Request): Promise<Response | null> {
  if (request.url.length > MOST.address) return plainPage(request, 414, 'error.address-too-long');
  let all = 0;
  for (const [name, value] of request.headers) {
    all += name.length + value.length;
    if (value.length > MOST.header || all > MOST.headers)
      return plainPage(
        new Request(request.url, { headers: { accept: 'text/html' } }),
        431,
        'error.headers-too-long',
      );
  }
  return isReadable(new URL(request.url).pathname) ? null : plainPage(request, 400, 'error.unreadable');
}

/** What is read is returned: a bundler leaves out a call that nobody asks for, and the error with it. */
function isReadable(pathname: string): boolean {
  try {
    return decodeURIComponent(pathname).length > 0;
  } catch {
    return false;
  }
}

/** SvelteKit's adapter takes `/constructor` and the like for files. Encoded twice, they do not exist. */
export function readable<R extends Request>(request: R): R {
  const url = new URL(request.url);
  const name = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '');
  if (!(name in Object.prototype)) return request;
  url.pathname = `/%25${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return new Request(url, request) as R;
}

/** Below an address without a page. Encoded twice like the above, so nobody's route. */
const PAGE = '/%25-';

/**
 * To a person a file out of reach, or an address that only takes posts, is a page that does not exist: they get the 404 page, in the frame.
 * Scripts get the bare 404 or 405.
 * @returns what to ask SvelteKit for instead; of a 404, if that is one too
 */
export function pageInstead(request: Request, answer: Response): Request | null {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || !takesPages(request)) return null;
  const isBare = answer.status === 404 && answer.headers.get('vary') === 'accept';
  if (answer.status !== 405 && !isBare) return null;
  const url = new URL(request.url);
  url.pathname += PAGE;
  return new Request(url, request);
}

/** What was asked for, before `readable` or `pageInstead` changed it. */
export function originalUrl(url: URL): URL {
  if (url.pathname.endsWith(PAGE)) return new URL(url.pathname.slice(0, -PAGE.length) + url.search, url);
  const [, code, rest] = /^\/%25([0-9a-f]{2})(\w+)$/.exec(url.pathname) ?? [];
  const name = code ? String.fromCharCode(parseInt(code, 16)) + rest : '';
  return name && name in Object.prototype ? new URL(`/${name}${url.search}`, url) : url;
}
