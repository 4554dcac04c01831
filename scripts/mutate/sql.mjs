// Finds conditions in SQL templates, knowing no more of SQL than where a condition ends.

/** A condition ends at these, and another can begin. */
const ENDS = new Set(
  (
    'where on having when then else or order group limit offset union except intersect returning do set values from ' +
    'select join left inner cross natural as using by asc desc distinct with insert into update delete conflict nothing'
  ).split(' '),
);
const FILLER = '§';

/**
 * @typedef {{ and: number, from: number, to: number }} Part a condition, and where the `and` before it begins
 * @typedef {{ word: string | null, between: boolean, parts: Part[] }} Chain conditions between one `where` and its end
 * @typedef {{ from: number, to: number, by: string, what: string }} Cut
 */

/**
 * @param {string} body the text between the backticks
 * @returns {Cut[]} one for each condition: what to replace by what
 */
export function conjunctsOf(body) {
  const tokens = [...blank(body).matchAll(/[A-Za-z_§][\w§.]*|\S/g)].map((match) => ({
    word: match[0].toLowerCase(),
    from: match.index,
    to: match.index + match[0].length,
  }));
  /** @type {Cut[]} */
  const found = [];
  let i = 0;
  level(() => false);
  return found;

  /**
   * One pair of brackets, one `case … end`, or the whole.
   * @param {(word: string) => boolean} closes
   */
  function level(closes) {
    let chain = open(null);
    for (let token; (token = tokens[i]) && !closes(token.word); i++) {
      const { word, from, to } = token;
      if (ENDS.has(word) || word === ',' || word === ';') {
        close(chain);
        chain = open(word);
      } else if (word === 'and' && !chain.between) {
        chain.parts.push({ and: from, from: to, to });
      } else {
        if (word === 'between') chain.between = true;
        else if (word === 'and') chain.between = false;
        const part = /** @type {Part} */ (chain.parts.at(-1));
        if (part.to <= part.from) part.from = from;
        if (word === '(' || word === 'case') {
          i++;
          level((other) => other === (word === '(' ? ')' : 'end'));
        }
        part.to = tokens[i]?.to ?? body.length;
      }
    }
    close(chain);
  }

  /** @param {string | null} word @returns {Chain} */
  function open(word) {
    return { word, between: false, parts: [{ and: 0, from: 0, to: 0 }] };
  }

  /** @param {Chain} chain */
  function close({ word, parts }) {
    const textOf = (/** @type {Part} */ { from, to }) => body.slice(from, to);
    const [first, second] = parts;
    if (!first) return;
    if (!second) {
      if (word === 'where' && first.to > first.from && !/^(true|1)$/.test(textOf(first)))
        found.push({ from: first.from, to: first.to, by: '1', what: textOf(first) });
      return;
    }
    parts.forEach((part, at) => {
      if (part.to <= part.from) return;
      if (at > 0) found.push({ from: part.and, to: part.to, by: '', what: textOf(part) });
      else found.push({ from: first.from, to: second.from, by: '', what: textOf(first) });
    });
  }
}

/**
 * Interpolations, strings and comments become one word each, of the same length.
 * @param {string} body
 */
function blank(body) {
  let text = '';
  for (let at = 0; at < body.length;) {
    let end = at + 1;
    const sign = body.charAt(at);
    if (body.startsWith('${', at)) {
      let depth = 1;
      for (end = at + 2; end < body.length && depth > 0; end++)
        depth += body[end] === '{' ? 1 : body[end] === '}' ? -1 : 0;
    } else if (sign === "'" || sign === '"') {
      const close = body.indexOf(sign, at + 1);
      end = close < 0 ? body.length : close + 1;
    } else if (body.startsWith('--', at)) {
      const close = body.indexOf('\n', at);
      end = close < 0 ? body.length : close;
      text += ' '.repeat(end - at);
      at = end;
      continue;
    } else {
      text += sign;
      at++;
      continue;
    }
    text += FILLER.repeat(end - at);
    at = end;
  }
  return text;
}
