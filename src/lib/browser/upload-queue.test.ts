/** The queue without a browser: what is sent when, and what becomes of it. */
import { beforeAll, expect, test, vi } from 'vitest';
import { fileLimits, PART_SIZE } from '../files';
import { NotSent, type Made, type send, type Sending } from './uploads';
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
  const transport = ((_method: string, url: string): Sending => ({
    done: new Promise((arrive, fail) => (open[url] = { arrive, fail })),
    abort: () => {
      aborted.push(url);
      open[url]!.fail(new NotSent('file.refused'));
    },
  })) as typeof send;
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

/** A server that keeps parts; `breaks` says which requests find no network. */
function server(breaks: (request: string) => boolean = () => false) {
  const asked: string[] = [];
  const there = new Set<number>();
  const transport = ((method: string, url: string, body: Blob | null): Sending => {
    const request = `${method} ${url}`;
    asked.push(request);
    let abort = () => {};
    const done = new Promise<never>((arrive, fail) => {
      abort = () => fail(new NotSent('file.refused'));
      if (breaks(request)) return fail(new NotSent('file.broken-off'));
      const part = Number(/\/parts\/(\d+)$/.exec(url)?.[1]);
      if (part) there.add(part);
      if (part === 3 && held.on) return;
      const arrived = { id: 'a', partSize: PART_SIZE, parts: [...there].sort() };
      arrive(
        (part || method === 'DELETE'
          ? {}
          : url === '/begin' || method === 'GET'
            ? arrived
            : { id: 'a' }) as never,
      );
      void body;
    });
    return { done, abort: () => abort() };
  }) as typeof send;
  const held = { on: false };
  const queue = new UploadQueue({ url: (name) => name, parts: () => '/begin', transport });
  const file = new Blob([new Uint8Array(3 * PART_SIZE + 9)]);
  const add = () => queue.add({ name: 'film.mp4', size: file.size, body: () => file });
  return { queue, add, asked, held };
}
const large = 3 * PART_SIZE + 9;

test('a large file goes in parts, a small one as it is', async () => {
  const { queue, add, asked } = server();
  const upload = add();
  await queue.whenDone();
  expect(upload).toMatchObject({ state: 'done', percent: 100, made: { id: 'a' }, size: large });
  const parts = [1, 2, 3, 4].map((n) => `PUT /files/a/parts/${n}`);
  expect(asked).toEqual(['POST /begin', ...parts, 'POST /files/a/parts']);
  queue.add({ name: 'small', size: 1, body: () => new Blob(['x']) });
  await queue.whenDone();
  expect(asked.at(-1)).toBe('POST small');
});

test('a paused file sends nothing, holds nobody up, and goes on with the part that it paused at', async () => {
  const { queue, add, asked, held } = server();
  held.on = true;
  const upload = add();
  await vi.waitFor(() => expect(asked.at(-1)).toBe('PUT /files/a/parts/3'));
  queue.pause(upload);
  await queue.whenDone();
  expect([upload.state, queue.paused, queue.failed, upload.percent]).toEqual(['paused', true, false, 66]);
  const before = asked.length;
  held.on = false;
  queue.retry(upload);
  await queue.whenDone();
  expect(upload.state).toBe('done');
  // The server had it after all.
  expect(asked.slice(before)).toEqual(['POST /begin', 'PUT /files/a/parts/4', 'POST /files/a/parts']);
});

test('without a network a large file waits and goes on by itself; what is refused fails at once', async () => {
  let gone = true;
  const { queue, add, asked } = server((request) => gone && request.endsWith('/2'));
  const upload = add();
  await vi.waitFor(() => expect(upload.stalled).toBe(true));
  expect(upload).toMatchObject({ state: 'sending', percent: 33 });
  gone = false;
  dispatchEvent(new Event('online'));
  await queue.whenDone();
  expect(upload).toMatchObject({ state: 'done', stalled: false });
  expect(asked.filter((request) => request.endsWith('/2'))).toHaveLength(2);
});

test('a large file that is taken away is cancelled at the server; on a page that is left it stays there', async () => {
  const { queue, add, asked, held } = server();
  held.on = true;
  const upload = add();
  await vi.waitFor(() => expect(asked.at(-1)).toBe('PUT /files/a/parts/3'));
  queue.clear();
  await soon();
  expect(asked).not.toContain('DELETE /files/a/parts');
  queue.remove(add());
  await soon();
  const again = add();
  await vi.waitFor(() => expect(again.id).toBe('a'));
  queue.remove(again);
  expect(asked.at(-1)).toBe('DELETE /files/a/parts');
  expect(upload.made).toBeUndefined();
});

test('a file of a draft is in its place at once, holds the form until the server has answered, and goes if it is not there', async () => {
  const { queue, states, add, open } = fake();
  const answers: ((made: Made | null) => void)[] = [];
  const found = ['a', 'b'].map((name) =>
    queue.bringBack({ name, size: 1, id: name }, new Promise((answer) => answers.push(answer))),
  );
  add('c');
  expect(queue.running).toBe(true);
  expect(states()).toEqual(['a sending', 'b sending', 'c waiting']);
  answers[0]!({ id: 'a' });
  answers[1]!(null);
  expect(await Promise.all(found)).toEqual([true, false]);
  await soon();
  expect(states()).toEqual(['a done', 'c sending']);
  open.c!.arrive({ id: 'c' });
  await soon();
  expect(queue.items.map(({ made }) => made?.id)).toEqual(['a', 'c']);
});
