/** Pictures that many people load: their kind and size in pixels decide, by their bytes. */
import { AVATAR_SIDE, LOGO_SIDE } from '../../files';
import * as blobs from '../blobs';
import type { SignedIn } from '../context';
import { Refusal } from '../errors';
import * as pictures from '../pictures';
import { checkSize, PICTURE_TYPES } from './store';

const kinds = {
  logo: { side: LOGO_SIDE, types: PICTURE_TYPES, field: 'logo' },
  avatar: { side: AVATAR_SIDE, types: new Set([...PICTURE_TYPES, 'image/gif']), field: 'picture' },
} as const;

export async function measured(ctx: SignedIn, kind: keyof typeof kinds, given: File) {
  const { side, types, field } = kinds[kind];
  const refuse = (why: 'kind' | 'broken' | 'too-many-pixels') =>
    new Refusal('invalid', { key: `${kind}.${why}`, params: { max: side }, field });
  checkSize(ctx, kind, given.size);
  const bytes = new Uint8Array(await given.arrayBuffer());
  const type = blobs.detectType(bytes);
  if (!types.has(type)) throw refuse('kind');
  const { width, height } = sizeOf(bytes, type, refuse('broken'));
  if (Math.max(width, height) > side) throw refuse('too-many-pixels');
  return { bytes, type, width, height };
}

function sizeOf(bytes: Uint8Array, type: string, broken: Refusal): pictures.Size {
  try {
    return pictures.sizeOf(bytes, type);
  } catch (error) {
    if (error instanceof Refusal) throw broken;
    throw error;
  }
}
