/**
 * Where the open pages of one space hear that something has happened. It knows sockets, whose they are and what each may hear of;
 * what has happened it never learns, and all that it tells is to look (docs/decisions/030-live.md). Who is in a thread, and who writes
 * there, it tells those who may know, and forgets it with the socket (decision 031).
 */
import { DurableObject } from 'cloudflare:workers';
import { MINUTE } from '../time';

/** A closed socket's page asks at once whether its person still has access. As in browser/line.ts. */
const LOOK = 4001;
/** Older sockets prove again who they are before they hear of anything. */
const TRUSTED = 30 * MINUTE;
/** Pages of one person in one space. Beyond, the oldest ones poll. */
const SOCKETS = 20;

/** Somebody's words are passed on every two seconds at most. */
const PAUSE = 2_000;
/** People who come and go within this time are told of together. */
const TOGETHER = 300;
/** Named at once. */
const NAMED = 12;

interface Somebody {
  id: string;
  name: string;
  company: string;
  guest: boolean;
}

/** Where somebody is, and what those listen to who may know it. */
export interface Place {
  thread: number;
  seenBy: string[];
  who: Somebody;
}

interface Attached {
  since: number;
  place: Place | null;
  /** Who they were last told is here, so that nothing is said twice, also after the object slept. */
  told: string;
}

export class Room extends DurableObject<unknown> {
  private readonly spoke = new WeakMap<WebSocket, number>();
  private readonly gathering = new Set<number>();

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env);
    // Answered without waking the object.
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'));
  }

  /** Only our Worker can call this, for whom it has found to be in the space (live.ts). */
  override async fetch(request: Request): Promise<Response> {
    const asked = new URL(request.url).searchParams;
    const person = personal(asked.get('person')!);
    // Those that are being closed stay attached until the other end has answered, or is found to be gone.
    if (this.ctx.getWebSockets(person).length >= 3 * SOCKETS)
      return new Response('Too many', { status: 429 });
    const own = this.openOnes(person).sort((a, b) => since(a) - since(b));
    for (const old of own.slice(0, Math.max(0, own.length - SOCKETS + 1))) old.close(LOOK, 'too many');
    const { 0: client, 1: server } = new WebSocketPair();
    const place = JSON.parse(asked.get('place') ?? 'null') as Place | null;
    const tags = [person, ...asked.getAll('hears'), ...(place ? [inThread(place.thread)] : [])];
    this.ctx.acceptWebSocket(server, tags);
    server.serializeAttachment({ since: Date.now(), place, told: '' } satisfies Attached);
    if (place) this.gather(place.thread);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** @param listeners what those hear of who may know (access/hearing.ts) */
  moved(listeners: string[]): void {
    for (const socket of new Set(listeners.flatMap((tag) => this.openOnes(tag))))
      if (since(socket) < Date.now() - TRUSTED) socket.close(LOOK, 'look');
      else say(socket, 'moved');
  }

  /** Whoever can still reach the space comes back. @param person null: everybody */
  look(person: string | null): void {
    const those = this.openOnes(person === null ? undefined : personal(person));
    for (const socket of those) socket.close(LOOK, 'look');
  }

  /** Those that are being closed are still among a room's sockets, and sending to one fails. */
  private openOnes(tag?: string): WebSocket[] {
    return this.ctx.getWebSockets(tag).filter(({ readyState }) => readyState === WebSocket.OPEN);
  }

  /** Pages have little to say: that somebody writes, perhaps only for the company, or has left the thread. */
  override webSocketMessage(socket: WebSocket, said: string | ArrayBuffer): void {
    const attached = attachedTo(socket);
    const { place } = attached;
    if (said !== 'writing' && said !== 'writing company' && said !== 'left')
      return socket.close(1008, 'not understood');
    if (!place) return;
    if (said === 'left') {
      socket.serializeAttachment({ ...attached, place: null } satisfies Attached);
      return this.gather(place.thread);
    }
    if ((this.spoke.get(socket) ?? 0) > Date.now() - PAUSE) return;
    this.spoke.set(socket, Date.now());
    const word = JSON.stringify({ writing: place.who });
    for (const other of this.placed(place.thread))
      if (this.sees(other, place, said === 'writing' ? place.seenBy : ['company'])) say(other, word);
  }

  /** Otherwise the browser waits ten seconds for the answer to its close. */
  override webSocketClose(socket: WebSocket): void {
    const { place } = attachedTo(socket);
    socket.close(1000);
    if (place) this.gather(place.thread);
  }

  private placed(thread: number): WebSocket[] {
    return this.openOnes(inThread(thread)).filter((socket) => {
      const { place, since } = attachedTo(socket);
      return place && since > Date.now() - TRUSTED;
    });
  }

  /** Whether somebody else may know it. */
  private sees(socket: WebSocket, { who }: Place, seenBy: string[]): boolean {
    return (
      attachedTo(socket).place?.who.id !== who.id &&
      this.ctx.getTags(socket).some((tag) => seenBy.includes(tag))
    );
  }

  private gather(thread: number): void {
    if (this.gathering.has(thread)) return;
    this.gathering.add(thread);
    setTimeout(() => {
      this.gathering.delete(thread);
      this.tellWhoIsHere(thread);
    }, TOGETHER);
  }

  /** Each is told only if who they see has changed: that others come and go is nothing to them. */
  private tellWhoIsHere(thread: number): void {
    const sockets = this.placed(thread);
    const places = new Map(
      sockets.map((socket) => [attachedTo(socket).place!.who.id, attachedTo(socket).place!]),
    );
    const all = [...places.values()].sort((a, b) => (a.who.id < b.who.id ? -1 : 1));
    for (const socket of sockets) {
      const here = all.filter((place) => this.sees(socket, place, place.seenBy)).map(({ who }) => who);
      const told = JSON.stringify({ here: here.slice(0, NAMED), more: here.length > NAMED });
      const attached = attachedTo(socket);
      if (told === attached.told || (here.length === 0 && attached.told === '')) continue;
      socket.serializeAttachment({ ...attached, told } satisfies Attached);
      say(socket, told);
    }
  }
}

/** What one of them does is nothing to the others. */
function say(socket: WebSocket, words: string): void {
  try {
    socket.send(words);
  } catch {
    // It has just closed: its page asks by itself.
  }
}

const inThread = (id: number): string => `thread:${id}`;
const attachedTo = (socket: WebSocket) => socket.deserializeAttachment() as Attached;
const personal = (id: string): string => `person:${id}`;
const since = (socket: WebSocket): number => attachedTo(socket).since;
