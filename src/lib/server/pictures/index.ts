/** Rebuilds pictures from what their format needs to be shown, so that unknown metadata goes too. Time is about linear. */
import { cleanGif } from './gif';
import { cleanHeif } from './heif';
import { cleanJpeg } from './jpeg';
import { cleanPng } from './png';
import { cleanWebp } from './webp';

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

/** AVIF and HEIC are blanked in place. @throws Refusal `file.picture-broken`: contradictory, or of an unknown kind */
export const withoutMetadata = (bytes: Uint8Array, type: PictureType): Uint8Array => cleaners[type](bytes);
