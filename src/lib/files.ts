/** Attachment and upload limits, shared by forms, pages and the domain. */
import { kept } from './kept';

const MB = 1024 * 1024;

export const fileLimits = {
  count: 5,
  /** In parts, by scripts. */
  attachment: 1024 * MB,
  /** As the body of one request. */
  post: 50 * MB,
  cover: 5 * MB,
  logo: MB,
  avatar: 5 * MB,
  thumb: 300 * 1024,
  /** All files of a form sent without scripts. */
  form: 20 * MB,
} as const;

/** Pixels. A small file can hold a picture that fills a phone's memory. */
export const LOGO_SIDE = 4_000;
/** Without scripts it comes as a phone has taken it. */
export const AVATAR_SIDE = 4_096;

/** What the metadata of a stored file may reveal: place and time, or the author. */
export type RemainingMetadata = 'place' | 'author';

const PLACE =
  'heic heif hif tif tiff dng cr2 cr3 nef nrw arw orf rw2 raf pef srw psd jxl jp2 mpo ' +
  'mp4 m4v mov qt avi mkv webm 3gp 3g2 mts m2ts ts wmv asf mpg mpeg ogv insv lrv ' +
  'mp3 m4a wav flac ogg oga opus aac wma amr aif aiff caf gpx kml kmz';
const AUTHOR =
  'pdf doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps ppsx odt ods odp odg rtf pages numbers key epub ' +
  'vsd vsdx mpp pub one indd ai eps ps svg dwg dxf msg eml';
const ENDINGS = new Map<string, RemainingMetadata>([
  ...PLACE.split(' ').map((ending) => [ending, 'place'] as const),
  ...AUTHOR.split(' ').map((ending) => [ending, 'author'] as const),
]);
const CLEANED = /^image\/(jpeg|png|webp|avif|gif|heic)$/;
export const CLEANED_UP_TO = 20 * MB;

/** Bytes of a part: held in memory, and R2 takes none below 5 MB. */
export const PART_SIZE = 8 * MB;
/** What can be cleaned never comes in parts, because that needs the whole file. */
export const comesInParts = (size: number): boolean => size > CLEANED_UP_TO;

/** A guess by name and type: only the server can tell from the bytes whether a picture can be cleaned. */
export function remainingMetadata({
  name,
  type,
  size,
}: {
  name: string;
  type: string;
  size: number;
}): RemainingMetadata | null {
  if (CLEANED.test(type)) return size > CLEANED_UP_TO ? 'place' : null;
  if (/^(image|video|audio)\//.test(type) && !/^image\/(svg|bmp|x-icon|vnd\.microsoft\.icon)/.test(type))
    return 'place';
  return ENDINGS.get(endingOf(name)) ?? (type === 'application/pdf' ? 'author' : null);
}

export const FILE_CATEGORIES = ['picture', 'pdf', 'document', 'other'] as const;
export type FileCategory = (typeof FILE_CATEGORIES)[number];
export const FILE_ORDERS = ['newest', 'name', 'size'] as const;

const DOCUMENTS = new Set(
  (
    'doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps ppsx odt ods odp odg rtf ' +
    'pages numbers key txt md csv tsv epub'
  ).split(' '),
);

/** @param type by its bytes */
export function categoryOf(type: string, name: string): FileCategory {
  if (type.startsWith('image/')) return 'picture';
  if (type === 'application/pdf') return 'pdf';
  return DOCUMENTS.has(endingOf(name)) ? 'document' : 'other';
}

const endingOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** "PDF" for "plan.pdf", or empty. */
export const extensionOf = (name: string): string =>
  /\.([\p{L}\p{N}]{1,4})$/u.exec(name)?.[1]?.toUpperCase() ?? '';

const sizeFormat = kept(
  (locale, unit, digits) =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'byte' ? 'long' : 'short',
      maximumFractionDigits: Number(digits),
    }),
);

export function fileSize(bytes: number, locale: string): string {
  const [unit, value] =
    bytes < 1_000
      ? (['byte', bytes] as const)
      : bytes < 1_000 * 1024
        ? (['kilobyte', bytes / 1024] as const)
        : bytes < 1_000 * MB
          ? (['megabyte', bytes / MB] as const)
          : (['gigabyte', bytes / 1024 / MB] as const);
  return sizeFormat(locale, unit, value < 10 ? '1' : '0').format(value);
}
