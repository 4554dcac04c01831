import { Refusal } from '../errors';

export const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));
export const u16 = (bytes: Uint8Array, at: number): number => (bytes[at]! << 8) | bytes[at + 1]!;
export const u32 = (bytes: Uint8Array, at: number): number => u16(bytes, at) * 0x10000 + u16(bytes, at + 2);
export const u16le = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
export const u32le = (bytes: Uint8Array, at: number): number =>
  u16le(bytes, at) + u16le(bytes, at + 2) * 0x10000;

/** Refuses a picture that cannot be parsed: nobody knows what is in it. */
export function ensure(holds: unknown): asserts holds {
  if (!holds) throw new Refusal('invalid', { key: 'file.picture-broken' });
}

/** One buffer: millions of tiny objects would fill the isolate's memory. */
export class Output {
  readonly #bytes: Uint8Array;
  length = 0;

  constructor(old: Uint8Array) {
    this.#bytes = new Uint8Array(old.length + 128);
  }

  put(...parts: (Uint8Array | number[])[]): void {
    for (const part of parts) {
      this.#bytes.set(part, this.length);
      this.length += part.length;
    }
  }

  set32le(at: number, value: number): void {
    new DataView(this.#bytes.buffer).setUint32(at, value, true);
  }

  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
