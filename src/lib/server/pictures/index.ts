/** Rebuilds pictures from the parts needed to show them, so that unknown metadata goes too. About linear in time. */
import { cleanGif } from './gif';
import { cleanHeif } from './heif';
import { cleanJpeg } from './jpeg';
import { cleanPng } from './png';
import { cleanWebp } from './webp';

export { sizeOf, type Size } from './size';

const cleaners = {
  'image/jpeg': cleanJpeg,
  'image/png': cleanPng,
  'image/webp': cleanWebp,
  'image/gif': cleanGif,
  'image/avif': cleanHeif,
  'image/heic': cleanHeif,
};
export type PictureType = keyof typeof cleaners;

export const isPicture = (type: string): type is PictureType => Object.hasOwn(cleaners, type);

/** Works in place for AVIF and HEIC. @throws Refusal `file.picture-broken` */
export const withoutMetadata = (bytes: Uint8Array, type: PictureType): Uint8Array => cleaners[type](bytes);
