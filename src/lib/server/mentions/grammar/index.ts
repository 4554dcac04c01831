/**
 * Whom a text names: one grammar for marking, notifying and hiding. What is recognised is stored with its places, and names
 * are later hidden or marked at these places. A name in code, in a link or in a quotation is a name too, and is hidden like
 * any other. So is text that becomes a name only when it is rendered (`@**Ann** Lee`), but that notifies nobody. (For who is
 * notified and what is marked see `calls` and markdown/.)
 */
export { calls } from './boundaries';
export { find, mayName } from './find';
export { isLaidAside, unmarked } from './markup';
export type { Nameable } from './names';
export { formsOf, without, type Naming } from './places';
