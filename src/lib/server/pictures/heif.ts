/** AVIF and HEIC (ISO/IEC 14496-12, 23008-12). Parts refer to offsets, so nothing moves: metadata becomes zeros. No sequences. */
import { ascii, ensure, u16, u32 } from './bytes';

interface Box {
  name: string;
  at: number;
  from: number;
  to: number;
}

/** Images. All other items are metadata, or unknown. */
const SHOWN = new Set(['av01', 'hvc1', 'hvc2', 'grid', 'iden', 'iovl', 'tmap']);
const TOP_BOXES = new Set('ftyp meta mdat moov moof free skip uuid udta'.split(' '));
const META_BOXES = new Set('hdlr pitm iloc iinf iprp iref idat dinf grpl'.split(' '));
/** They do not change how an image looks. */
const METADATA_PROPERTIES = new Set(['udes', 'crtt', 'mdft', 'altt', 'uuid']);
/** Far more than in real pictures (a panorama has some 400 tiles), but cheap to compare with each other. */
const [BOXES, ITEMS, EXTENTS, AREAS] = [10_000, 2_000, 4_000, 100];

type Range = [from: number, to: number];

export function cleanHeif(bytes: Uint8Array): Uint8Array {
  const top = boxes(bytes, 0, bytes.length, TOP_BOXES);
  const one = (list: Box[], name: string) => {
    const found = list.filter((box) => box.name === name);
    ensure(found.length === 1);
    return found[0]!;
  };
  ensure(top[0]?.name === 'ftyp' && !top.some(({ name }) => name === 'moov' || name === 'moof'));
  const meta = one(top, 'meta');
  const inMeta = boxes(bytes, meta.from + 4, meta.to);
  const idat = inMeta.find(({ name }) => name === 'idat');
  const mdats = top.filter(({ name }) => name === 'mdat');
  ensure(mdats.length <= AREAS);
  const types = itemTypes(bytes, one(inMeta, 'iinf'));
  const pitm = one(inMeta, 'pitm');
  ensure(pitm.to - pitm.from >= 6);
  const primary = bytes[pitm.from] === 0 ? u16(bytes, pitm.from + 4) : u32(bytes, pitm.from + 4);
  ensure(SHOWN.has(types.get(primary) ?? ''));

  const shown: Range[] = [];
  const hidden: Range[] = [];
  for (const { id, inIdat, extents } of itemPlaces(bytes, one(inMeta, 'iloc'))) {
    const isShown = SHOWN.has(types.get(id) ?? '');
    const base = inIdat ? (ensure(idat), idat.from) : 0;
    const areas = inIdat ? [idat!] : mdats;
    for (const [offset, length] of extents) {
      const [from, to] = [base + offset, base + offset + (length || Infinity)];
      // Each extent lies within one box. Hidden ones may be malformed; they only need wiping.
      const area = areas.find((box) => from >= box.from && from < box.to);
      const end = length || !area ? to : area.to;
      ensure(!isShown || (area && end <= area.to));
      if (area) (isShown ? shown : hidden).push([from, Math.min(end, area.to)]);
    }
    if (id === primary) ensure(extents.length > 0);
  }
  const kept = union(shown);
  // A contradiction: metadata inside a visible image.
  for (const [from, to] of union(hidden)) ensure(!kept.some(([a, b]) => from < b && a < to));
  const properties = inMeta
    .filter(({ name }) => name === 'iprp')
    .flatMap(({ from, to }) => boxes(bytes, from, to))
    .filter(({ name }) => name === 'ipco')
    .flatMap(({ from, to }) => boxes(bytes, from, to));

  // All of it was parsed, so nothing throws from here on.
  for (const box of top) if (!/^(ftyp|meta|mdat)$/.test(box.name)) blank(bytes, box);
  for (const box of inMeta) if (!META_BOXES.has(box.name)) blank(bytes, box);
  for (const box of properties) if (METADATA_PROPERTIES.has(box.name)) blank(bytes, box);
  for (const { from, to } of [...mdats, ...inMeta.filter(({ name }) => name === 'idat')]) {
    let at = from;
    for (const [a, b] of kept) {
      if (b <= from || a >= to) continue;
      if (a > at) bytes.fill(0, at, a);
      at = Math.max(at, b);
    }
    bytes.fill(0, at, to);
  }
  return bytes.subarray(0, top.at(-1)!.to);
}

function union(ranges: Range[]): Range[] {
  const joined: Range[] = [];
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Zeros, in a box that readers skip. */
function blank(bytes: Uint8Array, { at, from, to }: Box): void {
  bytes.set([0x66, 0x72, 0x65, 0x65], at + 4); // "free"
  bytes.fill(0, from, to);
}

/** @param known for the top level: anything but a whole box of these ends the picture */
function boxes(bytes: Uint8Array, from: number, to: number, known?: Set<string>): Box[] {
  const found: Box[] = [];
  for (let at = from; at < to;) {
    const box = boxAt(bytes, at, to);
    if (known && !(box && known.has(box.name))) break;
    ensure(box);
    found.push(box);
    ensure(found.length <= BOXES);
    at = box.to;
  }
  return found;
}

function boxAt(bytes: Uint8Array, at: number, end: number): Box | null {
  if (at + 8 > end) return null;
  let size = u32(bytes, at);
  let from = at + 8;
  if (size === 1) {
    if (at + 16 > end || u32(bytes, at + 8) !== 0) return null;
    size = u32(bytes, at + 12);
    from += 8;
  } else if (size === 0) size = end - at;
  const to = at + size;
  return to < from || to > end ? null : { name: ascii(bytes, at + 4, 4), at, from, to };
}

function itemTypes(bytes: Uint8Array, iinf: Box): Map<number, string> {
  const wide = bytes[iinf.from] !== 0;
  const types = new Map<number, string>();
  for (const entry of boxes(bytes, iinf.from + (wide ? 8 : 6), iinf.to)) {
    const version = bytes[entry.from]!;
    ensure(entry.name === 'infe' && (version === 2 || version === 3));
    const at = entry.from + 4 + (version === 2 ? 2 : 4);
    ensure(at + 6 <= entry.to);
    const id = version === 2 ? u16(bytes, entry.from + 4) : u32(bytes, entry.from + 4);
    ensure(!types.has(id));
    types.set(id, ascii(bytes, at + 2, 4));
  }
  return types;
}

/** From iloc: places in the file, or in the box `idat`. Length 0 means to the end. */
function itemPlaces(bytes: Uint8Array, { from, to }: Box) {
  let at = from;
  const read = (size: number): number => {
    ensure([0, 1, 2, 4, 8].includes(size) && at + size <= to);
    let value = 0;
    for (const end = at + size; at < end; at++) value = value * 256 + bytes[at]!;
    return value;
  };
  const version = read(1);
  ensure(version <= 2);
  at += 3;
  const sizes = read(2);
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15];
  const indexSize = version > 0 ? sizes & 15 : 0;
  const count = read(version < 2 ? 2 : 4);
  ensure(count <= ITEMS);
  const ids = new Set<number>();
  const items: { id: number; inIdat: boolean; extents: Range[] }[] = [];
  let all = 0;
  for (let i = 0; i < count; i++) {
    const id = read(version < 2 ? 2 : 4);
    const method = version > 0 ? read(2) & 15 : 0;
    // Method 2 builds an item from others; no encoder writes it.
    ensure(method <= 1 && read(2) === 0);
    const base = read(baseSize);
    const extents: Range[] = [];
    // With offsets and lengths of zero bytes, a tiny file could claim any number of extents.
    let n = read(2);
    ensure((all += n) <= EXTENTS);
    for (; n > 0; n--) {
      read(indexSize);
      const offset = base + read(offsetSize);
      extents.push([offset, read(lengthSize)]);
    }
    ensure(!ids.has(id));
    ids.add(id);
    items.push({ id, inIdat: method === 1, extents });
  }
  return items;
}
