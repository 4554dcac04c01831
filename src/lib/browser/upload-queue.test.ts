/** The queue without a browser: what is sent when, and what becomes of it. */
import { beforeAll, expect, test, vi } from 'vitest';
import { fileLimits } from '../files';
import { NotSent, type Made, type Sending } from './uploads';
import type * as queues from './upload-queue.svelte';

let UploadQueue: typeof queues.UploadQueue;
let problemOf: typeof queues.problemOf;

beforeAll(async () => {
  // Runes need the compiler; here a state is just its value.
  vi.stubGlobal('$state', (value: unknown) => value);
  ({ UploadQueue, problemOf } = await import('./upload-queue.svelte'));
});

/** Sends nothing; the test decides when files arrive or fail. */
function fake() {
  const open: Record<string, { arrive: (made: Made) => void; fail: (why: Error) => void }> = {};
  const aborted: string[] = [];
  const transport = (_method: string, url: string): Sending => ({
    done: new Promise((arrive, fail) => (open[url] = { arrive, fail })),
    abort: () => {
      aborted.push(url);
      open[url]!.fail(new NotSent('file.refused'));
    },
  });
  const settled: string[] = [];
  const queue = new UploadQueue({
    url: (name) => name,
    transport,
    settled: ({ name, state }) => settled.push(`${name} ${state}`),
  });
  const add = (name: string) => queue.add({ name, size: 1, body: () => new Blob(['x']) });
  const states = () => queue.items.map(({ name, state }) => `${name} ${state}`);
  return { queue, add, open, aborted, settled, states };
}
const soon = () => new Promise((done) => setTimeout(done));

test('two files go at a time, in their order', async () => {
  const { add, open, states } = fake();
  for (const name of ['a', 'b', 'c']) add(name);
  await soon();
  expect(states()).toEqual(['a sending', 'b sending', 'c waiting']);
  open.b!.arrive({ id: '2' });
  await soon();
  expect(states()).toEqual(['a sending', 'b done', 'c sending']);
});

test('whoever waits is told once nothing is on its way any more, failures included', async () => {
  const { queue, add, open, settled } = fake();
  let done = false;
  add('a');
  add('b');
  void queue.whenDone().then(() => (done = true));
  await soon();
  open.a!.arrive({ id: '1' });
  await soon();
  expect(done).toBe(false);
  open.b!.fail(new NotSent('file.broken-off'));
  await soon();
  expect(done).toBe(true);
  expect(queue.failed).toBe(true);
  expect(settled).toEqual(['a done', 'b failed']);
});

test('a file that failed on its way says why, and can be tried again', async () => {
  const { queue, add, open } = fake();
  const upload = add('a');
  await soon();
  open.a!.fail(new NotSent('file.refused', 'This is no picture.'));
  await soon();
  expect(upload).toMatchObject({ state: 'failed', again: true, why: { sentence: 'This is no picture.' } });
  queue.retry(upload);
  await soon();
  open.a!.arrive({ id: '1' });
  await soon();
  expect(upload).toMatchObject({ state: 'done', why: undefined, made: { id: '1' } });
});

test('a file that is taken away is broken off, and nothing is said of it', async () => {
  const { queue, add, aborted, settled } = fake();
  const upload = add('a');
  await soon();
  queue.remove(upload);
  await soon();
  expect(aborted).toEqual(['a']);
  expect(settled).toEqual([]);
  expect(queue.items).toEqual([]);
});

test('a file that is empty or too large is not sent, and trying again does not help', async () => {
  expect(problemOf({ size: 0 })).toEqual({ key: 'file.empty' });
  expect(problemOf({ size: fileLimits.attachment + 1 })).toMatchObject({ key: 'file.too-large' });
  expect(problemOf({ size: fileLimits.attachment })).toBeUndefined();
  const { queue } = fake();
  const body = vi.fn();
  queue.add({ name: 'a', size: 0, body, why: problemOf({ size: 0 }) });
  await soon();
  expect(body).not.toHaveBeenCalled();
  expect(queue.items[0]).toMatchObject({ state: 'failed', again: false });
});
