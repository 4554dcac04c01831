/** The list behind an @, without a browser: a late answer changes nothing. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type * as completions from './mention-completion.svelte';

let MentionCompletion: typeof completions.MentionCompletion;

beforeAll(async () => {
  // Runes need the compiler; here a state is just its value.
  vi.stubGlobal('$state', (value: unknown) => value);
  vi.stubGlobal('document', { execCommand: () => false });
  ({ MentionCompletion } = await import('./mention-completion.svelte'));
});
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const person = (name: string): completions.Named => ({ id: name, name, company: '', guest: false });
const [ava, ben, bea] = [person('Ava Lind'), person('Ben Okafor'), person('Bea Roe')];

/** A text area with the caret at its end; the test decides when answers come. */
function fake() {
  const area = {
    value: '',
    get selectionStart() {
      return area.value.length;
    },
    get selectionEnd() {
      return area.value.length;
    },
    focus() {},
    setSelectionRange() {},
    dispatchEvent() {},
    setRangeText(text: string, from: number, to: number) {
      area.value = area.value.slice(0, from) + text + area.value.slice(to);
    },
  };
  const asked: Record<string, (people: completions.Named[]) => void> = {};
  const completion = new MentionCompletion(
    () => area as unknown as HTMLTextAreaElement,
    (typed) => new Promise((arrive) => (asked[typed] = arrive)),
  );
  return {
    completion,
    area,
    asked,
    /** Waits long enough for the request. */
    async write(text: string, ms = 200) {
      area.value += text;
      completion.look();
      await vi.advanceTimersByTimeAsync(ms);
    },
    async answer(typed: string, ...people: completions.Named[]) {
      asked[typed]!(people);
      await vi.advanceTimersByTimeAsync(0);
    },
    press: (key: string) => completion.press({ key, shiftKey: false } as KeyboardEvent),
    names: () => completion.people.map(({ name }) => name),
  };
}

test('a slow answer to an older question does not replace the newer list', async () => {
  const { write, answer, names, press, area } = fake();
  await write('@b');
  await write('e');
  await answer('be', ben!, bea!);
  expect(names()).toEqual(['Ben Okafor', 'Bea Roe']);
  await answer('b', bea!, ben!, ava!);
  expect(names()).toEqual(['Ben Okafor', 'Bea Roe']);
  expect(press('Enter')).toBe(true);
  expect(area.value).toBe('@Ben Okafor ');
});

test('nor does it move what the keys are at', async () => {
  const { write, answer, press, area } = fake();
  await write('@b');
  await write('e');
  await answer('be', ben!, bea!);
  press('ArrowDown');
  await answer('b', bea!, ben!);
  press('Enter');
  expect(area.value).toBe('@Bea Roe ');
});

test('an answer that somebody has typed beyond offers only whom their words fit', async () => {
  const { write, answer, names, press, area } = fake();
  await write('@b');
  await write('ea', 10);
  await answer('b', ben!, bea!);
  expect(names()).toEqual(['Bea Roe']);
  press('Enter');
  expect(area.value).toBe('@Bea Roe ');
});

test('where they fit nobody of it, Enter is a new line', async () => {
  const { write, answer, names, press } = fake();
  await write('@b');
  await write('xyz', 10);
  await answer('b', ben!, bea!);
  expect(names()).toEqual([]);
  expect(press('Enter')).toBe(false);
});

test('what is open already keeps only those whom the next letter fits', async () => {
  const { write, answer, names, press, area } = fake();
  await write('@');
  await answer('', ava!, ben!);
  await write('be', 10);
  expect(names()).toEqual(['Ben Okafor']);
  press('Enter');
  expect(area.value).toBe('@Ben Okafor ');
});

test('that nobody was found for an older question says nothing of the newer one', async () => {
  const { write, answer, names, asked } = fake();
  await write('@b');
  await write('e');
  await answer('be', ben!);
  await answer('b');
  expect(names()).toEqual(['Ben Okafor']);
  await write('n');
  expect(asked.ben).toBeDefined();
});

test('a list that was closed stays closed', async () => {
  const { write, answer, names, press, completion } = fake();
  await write('@b');
  await answer('b', ben!);
  press('Escape');
  await write('e');
  expect(names()).toEqual([]);
  completion.close();

  const left = fake();
  await left.write('@b');
  left.completion.close();
  await left.answer('b', ben!);
  expect(left.names()).toEqual([]);
});

test('an answer for one @ opens nothing at the next', async () => {
  const { write, answer, names } = fake();
  await write('@b');
  await write('en and @', 10);
  await answer('b', ben!, bea!);
  expect(names()).toEqual([]);
});
