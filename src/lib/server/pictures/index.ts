/**
 * Takes metadata out of pictures: place, camera, time, and whatever follows the end of the picture. They are rebuilt from
 * what their format needs to be shown, so that unknown kinds of metadata go too. Whatever a browser shows is accepted, even
 * if it ends early or has stray bytes.
 *
 * Every parser only reads forward and keeps no list that grows with the file: time is about linear, and memory is twice
 * the picture. Knows formats, no domain.
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
/** Pictures whose metadata we can take out. */
export type PictureType = keyof typeof cleaners;

export const isPicture = (type: string): type is PictureType => Object.hasOwn(cleaners, type);

/**
 * The picture without metadata; colour profile, orientation and animation are kept. AVIF and HEIC are blanked in place:
 * the given bytes change, but only if the picture can be parsed.
 * @throws Refusal `file.picture-broken`: contradictory, or of a kind that we do not know
 */
export const withoutMetadata = (bytes: Uint8Array, type: PictureType): Uint8Array => cleaners[type](bytes);
