/**
 * Who can reach a space (reach.ts), who administers it or the site (administration.ts), what people see in it (visibility.ts),
 * who hears of what happens (hearing.ts), and who may see it as another does (viewing.ts).
 */
export * from './administration';
export { audienceOf, isFor, isForCompany, type Audience } from './audience';
export { hearersIn, hearersOf, listeners, listensTo, type Hearers } from './hearing';
export * from './reach';
export * from './sharing';
export * from './stored';
export { ANYONE, asGuest } from './viewing';
export * from './visibility';
