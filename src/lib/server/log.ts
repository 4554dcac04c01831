/**
 * The only writer of the log. Errors from the database, fetch, parsers and the mail server quote addresses, tokens and typed
 * text, so only known messages are kept, without these values. Other errors are logged by name and stack.
 */
import { maskAddress } from '../addresses';
import { MINUTE } from '../time';

/** Ids, hashes and tokens are at least this long; no word of our own messages is. */
const TOKEN_LENGTH = 16;
const MAX_LENGTH = 2_000;

/** These say what failed without naming values. */
const KNOWN_MESSAGES =
  /^(D1_\w+: |UNIQUE |FOREIGN KEY |NOT NULL |CHECK |SQLITE_|no such (table|column)|database is |KV \w+ failed|Network connection lost|Cannot (read|set) properties of (undefined|null)|[\w.$]{1,60} is not (a function|a constructor|iterable|defined)|Worker |Too many |Memory limit|Exceeded |The operation was aborted|internal error|Decryption failed|a conditional write)/i;

export function log(what: string, error?: unknown): void {
  if (error === undefined) console.error(what);
  else console.error(what, describeError(error));
}

/** In a minute, for each isolate: nobody floods the log with refusals. */
const REFUSALS = 60;
let refusals = { minute: 0, count: 0 };

/**
 * Somebody asked for what they can't reach or may not do, or too often.
 * @param route its pattern, without anything that was asked for
 * @param person an id; none for whoever is not signed in
 */
export function logRefusal(
  now: number,
  kind: string,
  route: string | null,
  person: string | undefined,
): void {
  const minute = Math.floor(now / MINUTE);
  if (refusals.minute !== minute) refusals = { minute, count: 0 };
  refusals.count += 1;
  if (refusals.count <= REFUSALS)
    log(`refused (${kind}) at ${route ?? 'no route'}: ${person ? `user:${person}` : 'nobody'}`);
  else if (refusals.count === REFUSALS + 1) log('further refusals of this minute are not logged');
}

export function describeError(thrown: unknown): string {
  let cause = thrown;
  // Drizzle's message prints the query with parameters; the error inside says why it failed.
  for (let depth = 0; cause instanceof Error && cause.cause !== undefined && depth < 10; depth++)
    cause = cause.cause;
  if (!(cause instanceof Error)) return `a value that is not an error was thrown (${typeof cause})`;
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at\s/.test(line));
  const name = /^\w+$/.test(cause.name) ? cause.name : 'Error';
  const message = KNOWN_MESSAGES.test(cause.message)
    ? redact(cause.message)
    : '(a message that may hold values)';
  return [`${name}: ${message}`, ...frames.slice(0, 20)].join('\n').slice(0, MAX_LENGTH);
}

/** Removes values, addresses, links and tokens. */
export function redact(message: string): string {
  return (
    message
      .slice(0, MAX_LENGTH)
      // "Failed query: select … params: ada@partner.example,…"
      .replace(/\b(failed query|params):[\s\S]*$/i, '$1: …')
      // eslint-disable-next-line regexp/no-super-linear-move -- the length is bounded
      .replace(/(["'`“‘«])[\s\S]*?(["'`”’»]|$)/g, '“…”')
      .replace(/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#@]{1,255})(?:[/?#@]\S*)?/gi, '$1/…')
      .replace(/[^\s<>()[\],;:]{1,64}[@＠]\S+/g, maskAddress)
      // These paths are secrets.
      .replace(/\/(signup|reset|unsubscribe|files|k)\/\S+/g, '/$1/…')
      .replace(/[\w-]+/g, (word) =>
        word.length >= TOKEN_LENGTH && /\d/.test(word) && !/^SQLITE_/.test(word) ? '…' : word,
      )
      .replace(/\s+/g, ' ')
  );
}
