/**
 * Pictures without what they tell about their maker: place, camera, time, and whatever hangs on behind the picture's end.
 * They are rebuilt from what their format needs to be shown; everything else is left out, so that a new kind of metadata is
 * gone too. What a browser shows is followed, also when it ends early or carries stray bytes.
 *
 * Every parser reads forward only, and keeps no list that grows with the file: the time is about linear, and memory is
 * twice the picture. Knows formats, no domain.
 */
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
/** A picture whose metadata can be taken out. */
export type PictureType = keyof typeof cleaners;

export const isPicture = (type: string): type is PictureType => Object.hasOwn(cleaners, type);

/**
 * The picture without metadata and without anything behind its end; looks are kept (colour profile, orientation,
 * animation). AVIF and HEIC are blanked in place: the bytes given are changed, but only when the picture can be followed.
 * @throws Refusal `file.picture-broken`: contradictory, or of a kind that we do not understand
 */
export const withoutMetadata = (bytes: Uint8Array, type: PictureType): Uint8Array => cleaners[type](bytes);
