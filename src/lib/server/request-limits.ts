/** Checks address, headers and path before SvelteKit parses them. */
import { plainPage } from './plain-pages';

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
  const { pathname } = new URL(request.url);
  try {
    decodeURIComponent(pathname);
  } catch {
    return plainPage(request, 400, 'error.unreadable');
  }
  return null;
}

/** SvelteKit's adapter takes `/constructor` and the like for files. Encoded twice, they do not exist. */
export function readable<R extends Request>(request: R): R {
  const url = new URL(request.url);
  const name = decodeURIComponent(url.pathname).replace(/^\/|\/$/g, '');
  if (!(name in Object.prototype)) return request;
  url.pathname = `/%25${name.charCodeAt(0).toString(16)}${name.slice(1)}`;
  return new Request(url, request) as R;
}

/** What `readable` has encoded, decoded again. */
export function originalUrl(url: URL): URL {
  const [, code, rest] = /^\/%25([0-9a-f]{2})(\w+)$/.exec(url.pathname) ?? [];
  const name = code ? String.fromCharCode(parseInt(code, 16)) + rest : '';
  return name && name in Object.prototype ? new URL(`/${name}${url.search}`, url) : url;
}
