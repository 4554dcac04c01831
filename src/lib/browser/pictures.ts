const COVER = { width: 1600, height: 480 };
const THUMB = 480;
/** The sides of somebody's picture, and of the same in lists, for screens of twice the points. */
const AVATAR = 512;
const SMALL = 96;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A part of the picture fills the canvas. */
function draw(
  canvas: HTMLCanvasElement,
  source: CanvasImageSource,
  from: Box,
  to: Pick<Box, 'width' | 'height'>,
) {
  canvas.width = Math.max(1, Math.round(to.width));
  canvas.height = Math.max(1, Math.round(to.height));
  const context = canvas.getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, from.left, from.top, from.width, from.height, 0, 0, canvas.width, canvas.height);
}

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
  const scale = Math.min(1, COVER.width / width);
  const [left, top] = [(picture.width - width) / 2, (picture.height - height) * position];
  draw(canvas, picture, { left, top, width, height }, { width: width * scale, height: height * scale });
}

export async function thumbOf(file: Blob): Promise<Blob | null> {
  const picture = await read(file);
  if (!picture) return null;
  const scale = Math.min(1, THUMB / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  const { width, height } = picture;
  draw(canvas, picture, { left: 0, top: 0, width, height }, { width: width * scale, height: height * scale });
  picture.close();
  return encoded(canvas, 0.75);
}

/** JPEG if the browser cannot write WebP. */
export async function encoded(canvas: HTMLCanvasElement, quality = 0.85): Promise<Blob | null> {
  const as = (type: string) => new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
  const webp = await as('image/webp');
  return webp?.type === 'image/webp' ? webp : as('image/jpeg');
}

/** The square of a picture that is its owner's: 0 to 1 from the start and from the top, and how many times larger. */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

const sideOf = ({ width, height }: ImageBitmap, zoom: number) => Math.min(width, height) / zoom;

export function cropSquare(canvas: HTMLCanvasElement, picture: ImageBitmap, { x, y, zoom }: Crop): void {
  const side = sideOf(picture, zoom);
  const box = {
    left: (picture.width - side) * x,
    top: (picture.height - side) * y,
    width: side,
    height: side,
  };
  draw(canvas, picture, box, { width: AVATAR, height: AVATAR });
}

/** After the canvas was dragged by a share of its side. */
export function dragged(picture: ImageBitmap, crop: Crop, right: number, down: number): Crop {
  const side = sideOf(picture, crop.zoom);
  const moved = (at: number, by: number, slack: number) =>
    slack < 1 ? at : Math.min(1, Math.max(0, at - (by * side) / slack));
  return {
    ...crop,
    x: moved(crop.x, right, picture.width - side),
    y: moved(crop.y, down, picture.height - side),
  };
}

/** A form is read at once, and `toBlob` is not done by then. */
export function squares(canvas: HTMLCanvasElement): { picture: File; small: File } {
  const small = document.createElement('canvas');
  draw(
    small,
    canvas,
    { left: 0, top: 0, width: canvas.width, height: canvas.height },
    { width: SMALL, height: SMALL },
  );
  return { picture: fileOf(canvas), small: fileOf(small) };
}

function fileOf(canvas: HTMLCanvasElement): File {
  const webp = canvas.toDataURL('image/webp', 0.85);
  const [head, data] = (
    webp.startsWith('data:image/webp') ? webp : canvas.toDataURL('image/jpeg', 0.85)
  ).split(',');
  const type = /image\/\w+/.exec(head!)![0];
  const bytes = Uint8Array.from(atob(data!), (letter) => letter.charCodeAt(0));
  return new File([bytes], `picture.${type.slice(6)}`, { type });
}
