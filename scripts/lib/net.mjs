// Not `fetch`, which would use a proxy from the environment.
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const agent = new Agent();

/** Throws if nothing answers in time. */
export function call(url, { method = 'GET', headers = {}, timeout = 10_000 } = {}) {
  return new Promise((done, failed) => {
    const req = request(url, { method, headers, agent, signal: AbortSignal.timeout(timeout) }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (part) => (text += part));
      res.on('end', () => done({ status: res.statusCode, text }));
      res.on('error', failed);
    });
    req.on('error', failed);
    req.end();
  });
}

const listen = (port, host) =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(error.code));
    server.listen({ port, host, exclusive: true }, () => {
      const taken = server.address().port;
      server.close(() => done(taken));
    });
  });

export const freePort = () => listen(0, '127.0.0.1');

/** On IPv4 and, if there is one, IPv6 localhost. Waits two seconds for one just being freed. */
export async function portIsFree(port) {
  for (let tries = 0; tries < 10; tries++) {
    const v4 = await listen(port, '127.0.0.1');
    const v6 = await listen(port, '::1');
    if (v4 === port && (v6 === port || v6 === 'EADDRNOTAVAIL' || v6 === 'EAFNOSUPPORT')) return true;
    if (v4 === 'EACCES') return false;
    await sleep(200);
  }
  return false;
}
