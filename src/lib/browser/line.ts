/** In the browser: a socket to the room of a space (server/room.ts), shared by all that listens on the page. Where none opens, pages poll. */
import { MINUTE } from '../time';

/** As in server/room.ts. */
const LOOK = 4001;
const BEAT = 'ping';
const BEAT_ANSWER = 'pong';
/** A proxy may leave an upgrade without an answer. */
const PATIENCE = 10_000;
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 5 * MINUTE;
/** Where none has ever opened, none will: something on the way drops upgrades. */
const GIVE_UP = 3;
/** The next page of the same space goes on with the same socket. */
const LINGER = 1_000;

export interface Line {
  isOpen: () => boolean;
  /** The site has just answered: opens the socket if it is time, and finds out whether an open one is alive. */
  check: () => void;
  /** The site can't be reached, so neither can the room. */
  drop: () => void;
  say: (word: 'writing' | 'writing company') => void;
  leave: () => void;
}

export interface Somebody {
  id: string;
  name: string;
  company: string;
  guest: boolean;
}

/** Who else is in the thread, or that somebody there writes. */
export type Presence = { here: Somebody[]; more: boolean } | { writing: Somebody };

interface Listener {
  /** Something happened, or may have while the socket was closed. */
  moved: () => void;
  /** It has closed: nothing will be heard until it is open again. */
  closed: () => void;
  heard?: (presence: Presence) => void;
}

const lines = new Map<number, ReturnType<typeof makeLine>>();

/** @param spaceId one that the viewer is in @param thread where they can be seen */
export function join(spaceId: number, listener: Listener, thread?: number): Line {
  const line = lines.get(spaceId) ?? makeLine(spaceId);
  lines.set(spaceId, line);
  line.listeners.add(listener);
  if (thread !== undefined) line.moveTo(thread);
  return {
    isOpen: line.isOpen,
    check: line.check,
    drop: line.drop,
    say: line.say,
    leave: () => {
      line.listeners.delete(listener);
      if (thread !== undefined) line.moveTo(null);
      setTimeout(() => {
        if (line.listeners.size || lines.get(spaceId) !== line) return;
        lines.delete(spaceId);
        line.drop();
      }, LINGER);
    },
  };
}

/** So that a thousand pages that lose their sockets together do not come back together. */
export const spread = (ms: number): number => ms * (0.75 + Math.random() / 2);

function makeLine(spaceId: number) {
  const listeners = new Set<Listener>();
  let socket: WebSocket | undefined;
  let open = false;
  let failures = 0;
  let everOpen = false;
  let notBefore = 0;
  let answered = true;
  let thread: number | null = null;

  const each = (what: 'moved' | 'closed') => [...listeners].forEach((listener) => listener[what]());

  function connect() {
    const mine = new WebSocket(
      `${location.origin.replace(/^http/, 'ws')}/spaces/${spaceId}/live${thread === null ? '' : `?thread=${thread}`}`,
    );
    const patience = setTimeout(() => mine.close(), PATIENCE);
    socket = mine;
    mine.onopen = () => {
      clearTimeout(patience);
      [open, everOpen, failures] = [true, true, 0];
      // Chromium sees a close by the server at once only after it has sent something.
      beat();
      each('moved');
    };
    mine.onmessage = ({ data }) => {
      answered = true;
      if (data === 'moved') return each('moved');
      if (data === BEAT_ANSWER) return;
      const presence = JSON.parse(String(data)) as Presence;
      listeners.forEach((listener) => listener.heard?.(presence));
    };
    mine.onclose = ({ code }) => {
      clearTimeout(patience);
      if (socket !== mine) return;
      ended();
      if (code === LOOK) each('moved');
      else each('closed');
    };
  }

  function ended() {
    failures = open ? 0 : failures + 1;
    notBefore = Date.now() + spread(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 4 ** failures));
    socket = undefined;
    open = false;
  }

  function beat() {
    answered = false;
    socket?.send(BEAT);
  }

  function drop() {
    const mine = socket;
    if (!mine) return;
    ended();
    mine.close();
  }

  return {
    listeners,
    isOpen: () => open,
    check() {
      if (open && !answered) drop();
      else if (open) beat();
      else if (!socket && Date.now() >= notBefore && (everOpen || failures < GIVE_UP)) connect();
    },
    drop,
    say: (word: string) => open && socket?.send(word),
    /** A room knows a place from the address of the socket alone, which the site has checked. */
    moveTo(next: number | null) {
      if (next === null && open) socket?.send('left');
      const again = next !== null && next !== thread && socket !== undefined;
      thread = next;
      if (!again) return;
      drop();
      connect();
    },
  };
}
