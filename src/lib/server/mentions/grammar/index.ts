/**
 * One grammar for marking, notifying and hiding. Names in code, links and quotations are hidden like others. Text that becomes a
 * name only when rendered (`@**Ann** Lee`) is hidden too, but notifies nobody.
 */
export { calls } from './boundaries';
export { find, mayName } from './find';
export { isLaidAside, unmarked } from './markup';
export type { Nameable } from './names';
export { formsOf, without, type Naming } from './places';
