/**
 * workerd's fetch throws the same error for a refused connection and one that broke after the mail was taken (wrangler 4.155). So
 * we ask first: no connection now is a definite failure, and a later break is an unknown outcome.
 */
import { connect } from 'node:net';

/** Workers may not open sockets to Cloudflare's own addresses; there, any answer to a HEAD request counts. */
export async function reachable(url: URL, signal: AbortSignal): Promise<boolean> {
  if (await connects(url)) return true;
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    await answer.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

const connects = (url: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const socket = connect({ host: url.hostname, port });
    const settle = (open: boolean) => {
      clearTimeout(timeout);
      socket.destroy();
      resolve(open);
    };
    const timeout = setTimeout(() => settle(false), 1_500);
    socket.once('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
