/** The sockets of open pages, through the built Worker. */
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import worker from '../src/worker';
import { bindings, ORIGIN, type Jar } from './contexts';

/** Asks for the socket of a space, as a page of ours does. */
export async function upgrade(
  jar: Jar,
  spaceId: number,
  headers: Record<string, string> = {},
  thread?: number,
): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const execution = createExecutionContext();
  const response = await worker.fetch!(
    new Request(`${ORIGIN}/spaces/${spaceId}/live${thread ? `?thread=${thread}` : ''}`, {
      redirect: 'manual',
      headers: { host: 'localhost:8787', origin: ORIGIN, upgrade: 'websocket', cookie, ...headers },
    }) as never,
    bindings,
    execution,
  );
  await waitOnExecutionContext(execution);
  return response;
}

export interface Listening {
  /** What has come so far. */
  heard(): Promise<string[]>;
  /** The code that the socket was closed with, undefined while it is open. */
  closed(): Promise<number | undefined>;
  ended: Promise<void>;
  socket: WebSocket;
}

/** @param thread that the page shows */
export async function listen(jar: Jar, spaceId: number, thread?: number): Promise<Listening> {
  const { status, webSocket: socket } = await upgrade(jar, spaceId, {}, thread);
  if (!socket) throw new Error(`no socket, but ${status}`);
  const frames: string[] = [];
  let code: number | undefined;
  let answered = () => {};
  let end = () => {};
  const ended = new Promise<void>((done) => (end = done));
  socket.addEventListener('message', ({ data }) => {
    if (data === 'pong') answered();
    else frames.push(String(data));
  });
  socket.addEventListener('close', (event) => {
    ({ code } = event);
    answered();
    end();
  });
  socket.accept();
  /** Frames arrive in order, so whatever was sent before has come when the answer has. */
  const settled = async () => {
    if (code !== undefined) return;
    const pong = new Promise<void>((done) => (answered = done));
    try {
      socket.send('ping');
    } catch {
      // It is closing.
    }
    await pong;
  };
  await settled();
  return {
    heard: async () => {
      await settled();
      return [...frames];
    },
    closed: async () => {
      await settled();
      return code;
    },
    ended,
    socket,
  };
}
