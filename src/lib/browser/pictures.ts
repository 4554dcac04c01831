const COVER = { width: 1600, height: 480 };
const THUMB = 480;

export const isPicture = (file: Blob): boolean => /^image\/(jpeg|png|webp|avif|gif)$/.test(file.type);

/** Null if this browser cannot decode it. */
export async function read(file: Blob): Promise<ImageBitmap | null> {
  if (!isPicture(file)) return null;
  return createImageBitmap(file).catch(() => null);
}

/** The share of the height, 0 to 1, that a cover cuts off. */
export const slack = (picture: ImageBitmap): number =>
  Math.max(0, 1 - (picture.width * COVER.height) / COVER.width / picture.height);

/** @param position 0 keeps the upper end, 1 the lower */
export function cropTo(canvas: HTMLCanvasElement, picture: ImageBitmap, position: number): void {
  const width = Math.min(picture.width, (picture.height * COVER.width) / COVER.height);
  const height = (width * COVER.height) / COVER.width;
  canvas.width = Math.max(1, Math.round(Math.min(width, COVER.width)));
  canvas.height = Math.max(1, Math.round((canvas.width * COVER.height) / COVER.width));
  const [left, top] = [(picture.width - width) / 2, (picture.height - height) * position];
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, width, height, 0, 0, canvas.width, canvas.height);
}

export async function thumbOf(file: Blob): Promise<Blob | null> {
  const picture = await read(file);
  if (!picture) return null;
  const scale = Math.min(1, THUMB / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return encoded(canvas, 0.75);
}

/** JPEG if the browser cannot write WebP. */
export async function encoded(canvas: HTMLCanvasElement, quality = 0.85): Promise<Blob | null> {
  const as = (type: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
  const webp = await as('image/webp');
  return webp?.type === 'image/webp' ? webp : as('image/jpeg');
}
