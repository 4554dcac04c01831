/**
 * Where the open pages of one space hear that something has happened. It knows sockets, whose they are and what each may hear of;
 * what has happened it never learns, and all that it tells is to look (docs/decisions/030-live.md).
 */
import { DurableObject } from 'cloudflare:workers';
import { MINUTE } from '../time';

/** A closed socket's page asks at once whether its person still has access. As in browser/line.ts. */
const LOOK = 4001;
/** Older sockets prove again who they are before they hear of anything. */
const TRUSTED = 30 * MINUTE;
/** Pages of one person in one space. Beyond, the oldest ones poll. */
const SOCKETS = 20;

interface Attached {
  since: number;
}

export class Room extends DurableObject<unknown> {
  constructor(state: DurableObjectState, env: unknown) {
    super(state, env);
    // Answered without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Only our Worker can call this, for whom it has found to be in the space (live.ts). */
  override async fetch(request: Request): Promise<Response> {
    const asked = new URL(request.url).searchParams;
    const person = personal(asked.get('person')!);
    const own = this.ctx.getWebSockets(person).sort((a, b) => since(a) - since(b));
    for (const old of own.slice(0, Math.max(0, own.length - SOCKETS + 1))) old.close(LOOK, 'too many');
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [person, ...asked.getAll('hears')]);
    server.serializeAttachment({ since: Date.now() } satisfies Attached);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** @param listeners what those hear of who may know (access/hearing.ts) */
  moved(listeners: string[]): void {
    for (const socket of new Set(listeners.flatMap((tag) => this.ctx.getWebSockets(tag))))
      if (since(socket) < Date.now() - TRUSTED) socket.close(LOOK, 'look');
      else socket.send('moved');
  }

  /** Whoever can still reach the space comes back. @param person null: everybody */
  look(person: string | null): void {
    const those = person === null ? this.ctx.getWebSockets() : this.ctx.getWebSockets(personal(person));
    for (const socket of those) socket.close(LOOK, 'look');
  }

  /** Pages have nothing to say. */
  override webSocketMessage(socket: WebSocket): void {
    socket.close(1008, 'not understood');
  }

  /** Otherwise the browser waits ten seconds for the answer to its close. */
  override webSocketClose(socket: WebSocket): void {
    socket.close(1000);
  }
}

const personal = (id: string): string => `person:${id}`;
const since = (socket: WebSocket): number => (socket.deserializeAttachment() as Attached).since;
