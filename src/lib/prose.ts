/** Around every table of a text. Nobody can write it: the renderer escapes each < of theirs. */
export const TABLE_BOX = '<div class="wide" role="group" tabindex="0">';

const HREF = /(<a [^>]*?href=")([^"]*)"/g;

/** The same HTML, its links leading elsewhere. */
export const withLinks = (html: string, to: (href: string) => string): string =>
  html.replace(HREF, (_link, before: string, href: string) => {
    const leads = to(href.replaceAll('&amp;', '&'));
    return `${before}${leads.replaceAll('&', '&amp;').replaceAll('"', '%22')}"`;
  });

/** A link whose words are its address. */
const PLAIN = /<a (href="(?:mailto:)?([^"]+)"[^>]*)>\2<\/a>/g;

/** The same HTML with these links marked, whose addresses are not printed twice. */
export const withPlainLinks = (html: string): string => html.replace(PLAIN, '<a class="plain" $1>$2</a>');

/** The same HTML, its tables named for screen readers. @param name in the reader's language, without markup */
export const withTableNames = (html: string, name: string): string =>
  html.replaceAll(TABLE_BOX, () => TABLE_BOX.replace('>', ` aria-label="${name}">`));

const BOX = /<input type="checkbox" disabled=""( checked="")?>/g;

/** So many check-boxes of a text can be ticked in the page; of more, the others are ticked by editing. */
export const TICKED = 100;

/** The same HTML, its check-boxes as buttons that tick them. @param form the id of the form that they send */
export function withTicks(html: string, form: string): string {
  let place = 0;
  return html.replace(BOX, (box, done?: string) => {
    if (place >= TICKED) return box;
    const wanted = `${place++}:${done ? 'open' : 'done'}`;
    return `<button role="checkbox" aria-checked="${!!done}" form="${form}" name="task" value="${wanted}"></button>`;
  });
}
