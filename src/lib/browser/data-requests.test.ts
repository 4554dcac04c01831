import { expect, it, vi } from 'vitest';
import { patiently } from './data-requests';

const data = '/spaces/1/__data.json?x-sveltekit-invalidated=1';
const lost = () => Promise.reject(new TypeError('Failed to fetch'));
const badGateway = () => Promise.resolve(new Response('', { status: 502 }));
const ours = (status = 200) => Promise.resolve(new Response('{}', { status }));

/** Answers in order. */
const answering = (...answers: (() => Promise<Response>)[]) =>
  vi.fn(() => answers.shift()!()) as unknown as typeof fetch;

it('data that somebody waits for is asked for again, until it arrives', async () => {
  const fetch = answering(lost, badGateway, ours);
  const halted = vi.fn(() => Promise.resolve());
  expect((await patiently(fetch, halted)(data)).status).toBe(200);
  expect(halted).toHaveBeenCalledTimes(2);
});

it('our own errors are answers', async () => {
  const halted = vi.fn(() => Promise.resolve());
  expect(
    (
      await patiently(
        answering(() => ours(500)),
        halted,
      )(data)
    ).status,
  ).toBe(500);
  expect(halted).not.toHaveBeenCalled();
});

it('data that is only preloaded fails as before', async () => {
  await expect(patiently(answering(lost), () => undefined)(data)).rejects.toThrow(TypeError);
  expect((await patiently(answering(badGateway), () => undefined)(data)).status).toBe(502);
});

it('nothing else is asked for twice', async () => {
  const halted = vi.fn(() => Promise.resolve());
  await expect(patiently(answering(lost), halted)('/news?since=1')).rejects.toThrow(TypeError);
  await expect(patiently(answering(lost), halted)(new URL('https://x.example/?/delete'))).rejects.toThrow();
  expect(halted).not.toHaveBeenCalled();
});
