/**
 * What is asked of a request before anything reads it: that its address and its headers have a bounded length, and that
 * its path can be read. worker.ts asks it before SvelteKit does, which parses cookies, paths and headers itself.
 */
import { plainPage } from './plain';

/** Characters. Browsers and Cloudflare allow more; nothing of ours needs as much. */
const MOST = { address: 8_192, header: 16_384, headers: 65_536 };

/** The answer to a request that is not read at all; null: it may come in. */
export async function turnedAway(request: Request): Promise<Response | null> {
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
  const { pathname } = new URL(request.url);
  try {
    decodeURIComponent(pathname);
  } catch {
    return plainPage(request, 400, 'error.unreadable');
  }
  return null;
}

/**
 * A request as the adapter of SvelteKit can read it: it takes `/constructor` and its like for static files, since every
 * object of JavaScript has such a property. Encoded twice it is a path that nobody has.
 */
export function readable<R extends Request>(request: R): R {
  const url = new URL(request.url);
  const name = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '');
  if (!(name in Object.prototype)) return request;
  url.pathname = `/%25${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return new Request(url, request) as R;
}

/** The address that a browser asked for, where `readable` has encoded it. */
export function asAsked(url: URL): URL {
  const [, code, rest] = /^\/%25([0-9a-f]{2})(\w+)$/.exec(url.pathname) ?? [];
  const name = code ? String.fromCharCode(parseInt(code, 16)) + rest : '';
  return name && name in Object.prototype ? new URL(`/${name}${url.search}`, url) : url;
}
