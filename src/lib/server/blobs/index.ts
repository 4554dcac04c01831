/** Files as bytes: names, types, streams. pictures/ removes metadata. */
export { safeName } from './name';
export { peek, readAll, single, streamTo, type Source } from './stream';
export { detectType, HEAD_BYTES, metadataOf, type BlobType } from './type';
