/** Who can reach a space (reach.ts), who administers it or the site (administration.ts), and what people see in it (visibility.ts). */
export * from './administration';
export { audienceOf, isFor, isForCompany, type Audience } from './audience';
export * from './reach';
export * from './sharing';
export * from './stored';
export * from './visibility';
