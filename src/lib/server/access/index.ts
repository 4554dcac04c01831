/** Who can reach a space and the site's administration (reach.ts), and what they see in a space (visibility.ts). */
export * from './reach';
export * from './visibility';
