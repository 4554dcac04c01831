import { describe, expect, it } from 'vitest';
import { bytesOf, unzipped } from '../../../tests/archives';
import { zip, type Entry } from './zip';

const AT = Date.UTC(2026, 10, 28, 7, 30, 20);

async function* parts(...all: (string | Uint8Array)[]) {
  yield* all;
}
async function* listed(...all: Entry[]) {
  yield* all;
}
describe('an archive', () => {
  it('has what was put into it, whole, under its name', async () => {
    const bytes = await bytesOf(
      zip(
        listed(
          { name: 'a.txt', at: AT, content: parts('one ', new TextEncoder().encode('two'), '') },
          { name: 'files/報告書.txt', at: AT, content: parts('三') },
          { name: 'empty', at: AT, content: parts() },
        ),
      ),
    );
    expect(unzipped(bytes)).toEqual([
      { name: 'a.txt', text: 'one two' },
      { name: 'files/報告書.txt', text: '三' },
      { name: 'empty', text: '' },
    ]);
  });

  it('of nothing is one, too', async () => {
    expect(unzipped(await bytesOf(zip(listed())))).toEqual([]);
  });

  it('is read no faster than it is taken, and ends what it reads when nobody takes it any more', async () => {
    let read = 0;
    let ended = false;
    async function* endless() {
      try {
        for (;;) {
          read++;
          yield 'x'.repeat(1_000);
        }
      } finally {
        ended = true;
      }
    }
    const reader = zip(listed({ name: 'endless', at: AT, content: endless() })).getReader();
    for (let i = 0; i < 5; i++) await reader.read();
    expect(read).toBeLessThan(10);
    await reader.cancel();
    expect(ended).toBe(true);
  });

  it('fails where what it reads fails', async () => {
    async function* broken() {
      yield 'x';
      throw new Error('gone');
    }
    await expect(bytesOf(zip(listed({ name: 'broken', at: AT, content: broken() })))).rejects.toThrow('gone');
  });

  it('of 70,000 entries says so in ZIP64', async () => {
    async function* many() {
      for (let i = 0; i < 70_000; i++) yield { name: `${i}`, at: AT, content: parts() };
    }
    const bytes = await bytesOf(zip(many()));
    const view = new DataView(bytes.buffer);
    const end = bytes.length - 22;
    expect(view.getUint16(end + 10, true)).toBe(0xffff);
    expect(view.getUint32(end - 20, true)).toBe(0x07064b50);
    const end64 = Number(view.getBigUint64(end - 20 + 8, true));
    expect(view.getUint32(end64, true)).toBe(0x06064b50);
    expect(view.getBigUint64(end64 + 32, true)).toBe(70_000n);
  });
});
