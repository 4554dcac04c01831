/** "Preview" without scripts: the same form with everything typed, and the text as it will look; on the built worker. Nothing is written. */
import { beforeAll, expect, test } from 'vitest';
import { bindings, ORIGIN } from './contexts';
import { dump } from './helpers';
import { address, ask, makeWorld, type Who } from './world';

beforeAll(makeWorld);

const forms: [what: string, at: string, fields: Record<string, string>][] = [
  ['a new thread', '/spaces/:space/new-thread?preview', { title: 'Kept "title"' }],
  ['a comment', '/spaces/:space/threads/:thread?/comment&preview', {}],
  [
    'an edited text',
    '/spaces/:space/threads/:thread?edit=first&/edit&preview',
    { text: '', title: 'Kept "title"', editedAt: '0' },
  ],
];

async function send(who: Who, at: string, fields: Record<string, string>, ...files: string[]) {
  const body = new FormData();
  for (const [name, value] of Object.entries({ requestKey: 'k'.repeat(16), ...fields }))
    body.set(name, value);
  for (const name of files) body.append('files', new File(['x'], name));
  const answer = await ask(who, address(at), { method: 'POST', body, headers: { origin: ORIGIN } });
  return { status: answer.status, html: await answer.text() };
}

/** All that is stored, but for what counts and names requests. */
async function stored() {
  const { throttle: _counted, session: _seen, ...rest } = await dump();
  return rest;
}

const counted = async () =>
  (await bindings.DB.prepare('select coalesce(sum(failures), 0) n from throttle').first<{ n: number }>())!.n;

test.each(forms)(
  '%s: everything typed comes back, with the text as a post shows it',
  async (_what, at, fields) => {
    const before = await stored();
    const body = '**Piles** & <b>words</b>\n\n- [x] done';
    const { status, html } = await send(
      'spaceAdmin',
      at,
      { ...fields, body, audience: 'company' },
      'plan.pdf',
    );
    expect(status).toBe(200);
    const [shown] = /<div[^>]* id="preview"[^]*?<\/ul>/.exec(html) ?? [];
    expect(shown).toContain('<strong>Piles</strong> &amp; &lt;b&gt;words&lt;/b&gt;');
    expect(shown).toMatch(/<input[^>]*checkbox/);
    const [area] = /<textarea[^]*?<\/textarea>/.exec(html)!;
    expect(area.replace(/&lt;/g, '<').replace(/&amp;/g, '&')).toContain(body);
    if (fields.title) expect(html).toContain('Kept &quot;title&quot;');
    // Browsers fill in no files: those who chose some are told.
    expect(html).toContain('plan.pdf');
    expect(await stored()).toEqual(before);
  },
);

test.each(forms)('%s: a choice to write only for the company stays', async (_what, at, fields) => {
  const { html } = await send('spaceAdmin', at, { ...fields, body: 'x', audience: 'company' });
  const inputs = [...html.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => tag.includes('name="audience"') && tag.includes('value="company"'));
  expect(inputs).toHaveLength(1);
  expect(inputs[0]).toMatch(/\bchecked\b|type="hidden"/);
});

test.each(forms)(
  '%s: a text that is too long is refused in words, and nobody outside gets an answer',
  async (_what, at, fields) => {
    const { status, html } = await send('guest', at, { ...fields, body: 'x'.repeat(60_000) });
    expect(status).toBe(400);
    expect(html).not.toContain('id="preview"');
    for (const who of ['foreign', 'user'] as const)
      expect((await send(who, at, { ...fields, body: 'x' })).status).toBe(404);
  },
);

test('it costs what the preview with scripts costs', async () => {
  const [, at, fields] = forms[1]!;
  const before = await counted();
  await send('guest', at, { ...fields, body: 'x' });
  await ask('guest', address('/spaces/:space/preview'), {
    method: 'POST',
    body: '{"text":"x"}',
    headers: { origin: ORIGIN, 'content-type': 'application/json' },
  });
  expect(await counted()).toBe(before + 2);
  await bindings.DB.prepare('update throttle set failures = 1000').run();
  const { status, html } = await send('guest', at, { ...fields, body: 'Still **here**' });
  expect(status).toBe(429);
  expect(html).toContain('Still **here**');
});
