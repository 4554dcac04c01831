/**
 * The log. Everything that Foyer logs goes through here, since a log is read by more people than the database: it never
 * holds an address in full, a token, or what somebody typed. Errors of the database, of fetch, of parsers and of the mail
 * server quote such values. So only messages that are known to be words are kept, and of those not what they quote; of
 * any other error the log has its name and where it was thrown.
 */

/** Longer than any word of ours; ids, hashes and tokens are at least this long. */
const LONG = 16;
const MOST = 2_000;

/** How messages begin that say what happened, and not to what. */
const WORDS =
  /^(D1_\w+: |UNIQUE |FOREIGN KEY |NOT NULL |CHECK |SQLITE_|no such (table|column)|database is |KV \w+ failed|Network connection lost|Cannot (read|set) properties of (undefined|null)|[\w.$]{1,60} is not (a function|a constructor|iterable|defined)|Worker |Too many |Memory limit|Exceeded |The operation was aborted|internal error|Decryption failed|a conditional write)/i;

/** Reports a fault. @param what in words of our own: where, and of which row (by its id) */
export function log(what: string, error?: unknown): void {
  if (error === undefined) console.error(what);
  else console.error(what, inWords(error));
}

/** An error in words that hold no values: its name, what is left of its message, and where it came from. */
export function inWords(thrown: unknown): string {
  let bottom = thrown;
  // Drizzle's own messages print the query and what was bound to it; what it wraps says why it failed.
  for (let depth = 0; bottom instanceof Error && bottom.cause !== undefined && depth < 10; depth++)
    bottom = bottom.cause;
  if (!(bottom instanceof Error)) return `something that is no error was thrown (${typeof bottom})`;
  const frames = (bottom.stack ?? '').split('\n').filter((line) => /^\s+at\s/.test(line));
  const name = /^\w+$/.test(bottom.name) ? bottom.name : 'Error';
  const said = WORDS.test(bottom.message)
    ? withoutValues(bottom.message)
    : '(a message that may hold values)';
  return [`${name}: ${said}`, ...frames.slice(0, 20)].join('\n').slice(0, MOST);
}

/** The words of a message without what it quotes: values, addresses, links, tokens. */
export function withoutValues(message: string): string {
  return (
    message
      .slice(0, MOST)
      // "Failed query: select … params: ada@partner.example,…"
      .replace(/\b(failed query|params):[\s\S]*$/i, '$1: …')
      // eslint-disable-next-line regexp/no-super-linear-move -- of a bounded length
      .replace(/(["'`“‘«])[\s\S]*?(["'`”’»]|$)/g, '“…”')
      .replace(/\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#@]{1,255})(?:[/?#@]\S*)?/gi, '$1/…')
      .replace(/[^\s<>()[\],;:]{1,64}[@＠]\S+/g, (address) => maskedAddress(address))
      // Paths that are secrets themselves.
      .replace(/\/(signup|reset|unsubscribe|files|k)\/\S+/g, '/$1/…')
      .replace(/[\w-]+/g, (word) =>
        word.length >= LONG && /\d/.test(word) && !/^SQLITE_/.test(word) ? '…' : word,
      )
      .replace(/\s+/g, ' ')
  );
}

/** An address as a log may hold it: `a…@partner.example`. */
export function maskedAddress(address: string): string {
  const at = Math.max(address.lastIndexOf('@'), address.lastIndexOf('＠'));
  return at < 0 ? '…' : `${[...address][0]}…${address.slice(at)}`;
}
