/** In the browser: sends a large file part by part. What has arrived stays: whoever chooses the file again goes on from there. */
import { PART_SIZE } from '../files';
import { NotSent, send, type Made, type Sending } from './uploads';

interface Heard {
  progress: (percent: number) => void;
  begun: (id: string) => void;
  /** It tries again after a while. */
  stalled: (yes: boolean) => void;
  transport: typeof send;
}

interface Arrived {
  id: string;
  partSize: number;
  parts: number[];
}

/** Seconds between tries of one request; the last is repeated. */
const PAUSES = [1, 2, 4, 8, 15, 30];
const TRIES = 12;
/** Sent parts that the server then misses after all. */
const ROUNDS = 3;

/** @param url where it begins, or goes on */
export function sendInParts(
  url: string,
  name: string,
  body: Blob,
  { progress, begun, stalled, transport }: Heard,
): Sending {
  const stop = new AbortController();
  let current: Sending<unknown> | undefined;

  async function ask<Answer>(...request: Parameters<typeof send>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      if (stop.signal.aborted) throw new NotSent('file.refused');
      try {
        const asked = (current = transport<Answer>(...request));
        const answer = await asked.done;
        stalled(false);
        return answer;
      } catch (thrown) {
        if (stop.signal.aborted || !(thrown instanceof NotSent) || !mayPass(thrown) || tries >= TRIES)
          throw thrown;
        stalled(true);
        await pause((PAUSES[tries - 1] ?? PAUSES.at(-1)!) * 1_000, stop.signal);
      }
    }
  }

  async function whole(): Promise<Made> {
    const fingerprint = await fingerprintOf(name, body);
    const about = JSON.stringify({ name, size: body.size, fingerprint });
    let arrived = await ask<Arrived>('POST', url, new Blob([about], { type: 'application/json' }));
    const { id, partSize } = arrived;
    begun(id);
    const count = Math.ceil(body.size / partSize);
    const partOf = (n: number) => body.slice((n - 1) * partSize, n * partSize);
    for (let round = 1; ; round++) {
      const there = new Set(arrived.parts);
      let sent = [...there].reduce((sum, n) => sum + partOf(n).size, 0);
      const tell = (more: number) => progress(Math.floor(((sent + more) / body.size) * 100));
      tell(0);
      for (let n = 1; n <= count; n++) {
        if (there.has(n)) continue;
        const part = partOf(n);
        await ask('PUT', `/files/${id}/parts/${n}`, part, (percent) => tell((percent / 100) * part.size));
        sent += part.size;
        tell(0);
      }
      try {
        return await ask<Made>('POST', `/files/${id}/parts`, null);
      } catch (thrown) {
        if (!(thrown instanceof NotSent) || thrown.status !== 409 || round === ROUNDS) throw thrown;
        arrived = await ask<Arrived>('GET', `/files/${id}/parts`, null);
      }
    }
  }

  return {
    done: whole(),
    abort: () => {
      stop.abort();
      current?.abort();
    },
  };
}

/** A network that is gone, a server that restarts or wants it slower. */
const mayPass = ({ key, status }: NotSent): boolean =>
  key === 'file.broken-off' || status === 408 || status === 429 || status >= 500;

/** Ends early when the network is back. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const ended = new AbortController();
    const end = () => {
      ended.abort();
      clearTimeout(timer);
      done();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { signal: ended.signal });
    globalThis.addEventListener?.('online', end, { signal: ended.signal });
  });

/** The same for the same file, chosen again: by its name, time and first part. */
async function fingerprintOf(name: string, body: Blob): Promise<string> {
  const first = await hexOf(await body.slice(0, PART_SIZE).arrayBuffer());
  const changed = body instanceof File ? body.lastModified : 0;
  return hexOf(new TextEncoder().encode(JSON.stringify([name, body.size, changed, first])));
}

async function hexOf(bytes: BufferSource): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
