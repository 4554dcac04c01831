/** "Your data": all that the site has of the actor, and that they may know, as one archive (docs/decisions/034-own-data.md). */
export { fileParts, partsOf } from './files';
export { exported } from './export';
