/** Entries of an archive, made from rows that are read page by page. */
import type { SignedIn } from '../../context';
import type { Page } from '../../paging';
import type { Entry } from '../../zip';

/** Every row of a list that has pages. */
export async function* all<Row>(page: (after: string | null) => Promise<Page<Row>>): AsyncGenerator<Row> {
  let after: string | null = null;
  do {
    const { rows, next }: Page<Row> = await page(after);
    yield* rows;
    after = next;
  } while (after !== null);
}

/** A list as JSON, one line for each row. */
export async function* jsonList(rows: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield before + JSON.stringify(row);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

export async function* text(...parts: string[]): AsyncGenerator<string> {
  yield* parts;
}

export const json = (value: unknown): AsyncGenerator<string> => text(`${JSON.stringify(value, null, 2)}\n`);

export const entry = (ctx: SignedIn, name: string, content: Entry['content']): Entry => ({
  name,
  at: ctx.now,
  content,
});

export const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
