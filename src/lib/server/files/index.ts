/** Files in R2. A row is written before its object and deleted after it, so no object is ever forgotten. */
export { attach, open, refuseTooMany, release, releaseOfSpace, replace } from './attach';
export { storeAvatar, useAvatar } from './avatar';
export { browse, look, type Filter } from './browse';
export {
  checkCover,
  checkCoverFile,
  chosenCover,
  copyCover,
  coverFile,
  useCover,
  useCoverOfTemplate,
} from './cover';
export { lookInThread } from './in-thread';
export { names, ofCommentsQuery, ofThreadQuery } from './list';
export { releaseOf } from './of-person';
export { checkLogo, readLogo, uploadLogo, useLogo } from './logo';
export { arrivedParts, beginUpload, cancelUpload, completeUpload, uploadPart } from './parts';
export { purge } from './purge';
export { storageOf, storedIn } from './quota';
export { serve } from './serve';
export { thumbnail } from './thumbnail';
export { originalQuery, requestedQuery, versionQuery, versions } from './versions';
export { checkFiles, upload, uploadAll, uploadCover } from './upload';
