/** The header of what a page loads by itself while nobody is in front of it: it keeps no session alive. */
export const UNATTENDED = 'x-foyer-unattended';
