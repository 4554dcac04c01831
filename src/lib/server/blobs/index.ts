/** Files as bytes: names, types, streams. Knows formats, no domain. Metadata of pictures is taken out in pictures/. */
export { safeName } from './name';
export { peek, readAll, single, streamTo, type Source } from './stream';
export { detectType, metadataOf, type BlobType } from './type';
