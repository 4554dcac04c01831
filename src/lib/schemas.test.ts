import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as schemas from './schemas';

const parse = (schema: v.GenericSchema, input: unknown) => v.safeParse(schema, input);
const message = (schema: v.GenericSchema, input: unknown) => parse(schema, input).issues?.[0].message;

describe('where to go after a login', () => {
  it.each(['/', '/spaces/7', '/spaces/7?tab=x#y', '/a//b'])('%s is ours', (path) =>
    expect(schemas.ownPath(path)).toBe(path),
  );
  it.each([
    null,
    undefined,
    '',
    'spaces/7',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '/\n/evil.example',
    '/x\\y',
  ])('%j is not', (path) => expect(schemas.ownPath(path)).toBe('/'));
});

describe('texts', () => {
  it('one line holds no line break and no control character', () => {
    const { output } = parse(schemas.signUp, { name: ' Gil\r\nBcc: x\u0000\u2028y ', password: 'x' });
    expect(output).toMatchObject({ name: 'Gil Bcc: x y' });
  });
  it('two empty passwords each say what they lack', () => {
    const { issues } = parse(schemas.newPassword, { current: '', password: '', formKey: 'k'.repeat(32) });
    expect(issues?.map((one) => one.message)).toEqual(['me.current-missing', 'me.new-missing']);
  });
  it('white space alone is nothing', () => {
    expect(message(schemas.signUp, { name: ' \n ', password: 'x' })).toBe('form.name-missing');
  });
  it('is looked at by nothing when it is far too long', () => {
    const begun = performance.now();
    for (const piece of ['\u200b', ' ', 'e\u0301', '\u1100\u1161'])
      expect(message(schemas.signUp, { name: piece.repeat(400_000), password: 'x' })).toBe('form.too-long');
    expect(performance.now() - begun).toBeLessThan(200);
  });
  it('what shows nothing is nothing: a name, a title, a body, a company', () => {
    expect(message(schemas.signUp, { name: '\u200b', password: 'x' })).toBe('form.name-missing');
    expect(message(schemas.profile, { name: ' \u202e\u3164 ' })).toBe('form.name-missing');
    expect(message(v.pick(schemas.spaceSettings, ['name']), { name: '\u2800' })).toBe('space.name-missing');
    expect(message(schemas.newTemplate, { templateName: '\u00ad', requestKey: 'a'.repeat(16) })).toBe(
      'template.name-missing',
    );
    const said = { title: '\u200b', body: ' \u200b ', fileIds: [], files: [], requestKey: 'a'.repeat(16) };
    expect(parse(schemas.thread, said).output).toMatchObject({ title: '', body: '' });
    expect(parse(schemas.comment, said).output).toMatchObject({ body: '' });
    expect(parse(schemas.editText, { ...said, editedAt: '1', had: [], keep: [] }).output).toMatchObject({
      title: '',
      body: '',
    });
    expect(parse(schemas.profile, { name: 'Ann  Lee', company: '\u200bNorth  wind' }).output).toMatchObject({
      name: 'Ann Lee',
      company: 'North wind',
    });
  });
  it('lengths are in code points', () => {
    const name = (name: string) => message(v.pick(schemas.spaceSettings, ['name']), { name });
    expect([65, 128, 129].map((n) => name('😀'.repeat(n)))).toEqual([undefined, undefined, 'form.too-long']);
    const person = (name: string) => message(schemas.signUp, { name, password: 'x' });
    expect([100, 101].map((n) => person('😀'.repeat(n)))).toEqual([undefined, 'form.too-long']);
    // What is typed in pieces, or with spaces around it, does not count as longer.
    expect(name('e\u0301'.repeat(128) + ' '.repeat(500))).toBeUndefined();
    const body = (body: string) => message(v.pick(schemas.comment, ['body']), { body });
    expect([20_000, 20_001].map((n) => body('😀'.repeat(n)))).toEqual([undefined, 'form.too-long']);
    expect(parse(schemas.signUp, { name: '😀'.repeat(101), password: 'x' }).issues![0]).toMatchObject({
      type: 'max_length',
      requirement: 100,
    });
  });
  it('related links: one a line, at most 20, each leads to the web', () => {
    const links = (links: string) => parse(v.pick(schemas.spaceSettings, ['links']), { links });
    expect(links('Docs|https://x.example/a\n\n\u200b\nhttps://y.example').output).toEqual({
      links: [
        { title: 'Docs', url: 'https://x.example/a' },
        { title: 'y.example', url: 'https://y.example' },
      ],
    });
    expect(links('https://x.example\n'.repeat(21)).issues![0].message).toBe('links.too-many');
    expect(links('Docs').issues![0].message).toBe('links.wrong');
    expect(links(`${'x'.repeat(201)} https://x.example`).issues![0].message).toBe('links.long-title');
    const longest = `${'x'.repeat(200)} https://x.example/${'a'.repeat(1_900)}\n`;
    expect(links(longest.repeat(20)).success).toBe(true);
    const begun = performance.now();
    expect(links('-'.repeat(40_000)).success).toBe(false);
    expect(performance.now() - begun).toBeLessThan(200);
  });
  it('a space name has 1 to 128 characters', () => {
    const name = (name: string) => message(v.pick(schemas.spaceSettings, ['name']), { name });
    expect(name('x'.repeat(128))).toBeUndefined();
    expect(name('x'.repeat(129))).toBe('form.too-long');
    expect(name('')).toBe('space.name-missing');
  });
  it('a password is taken as it is typed', () => {
    const { output } = parse(schemas.login, { email: ' gil@partner.example ', password: '  ü 橋 ' });
    expect(output).toEqual({ email: 'gil@partner.example', password: '  ü 橋 ', next: '/' });
  });
});

describe('what a form of ours cannot send', () => {
  it.each(['', 'invitation:', 'guest:1', 'user:aaaaaaaaaaaaaaaa', 'guest:aaaaaaaaaaaaaaaa or 1'])(
    '%j is no row',
    (ref) => expect(parse(schemas.guestRef, { ref }).success).toBe(false),
  );
  it('a cover is a name, not a path', () => {
    expect(parse(v.pick(schemas.spaceSettings, ['cover']), { cover: '../x' }).success).toBe(false);
    for (const cover of ['no-such-cover', 'file:x', 'file:../../../../etc/pass', 'FILE:aaaaaaaaaaaaaaaa', ''])
      expect(parse(v.pick(schemas.spaceSettings, ['cover']), { cover }).success).toBe(false);
    expect(parse(v.pick(schemas.spaceSettings, ['cover']), { cover: 'file:abcdefghijklmn23' }).success).toBe(
      true,
    );
    expect(parse(v.pick(schemas.spaceSettings, ['cover']), { cover: 'harbour' }).success).toBe(true);
  });
  it('a time zone is one that Intl knows', () => {
    const zone = (timeZone: string) => parse(v.pick(schemas.profile, ['timeZone']), { timeZone }).success;
    expect([zone('Asia/Tokyo'), zone(''), zone('Mars/Olympus')]).toEqual([true, true, false]);
  });
  it('a field that is no text is refused', () => {
    expect(parse(schemas.login, { email: ['a'], password: {} }).success).toBe(false);
  });
});

describe('space templates', () => {
  const words = { templateName: 'Bridge', description: '', requestKey: 'a'.repeat(16) };
  it('a name has 1 to 30 characters, a description at most 200', () => {
    const said = (change: object) => message(schemas.newTemplate, { ...words, ...change });
    expect(said({})).toBeUndefined();
    expect(said({ templateName: 'x'.repeat(30), description: 'x'.repeat(200) })).toBeUndefined();
    expect(said({ templateName: 'x'.repeat(31) })).toBe('form.too-long');
    expect(said({ templateName: ' \n ' })).toBe('template.name-missing');
    expect(said({ description: 'x'.repeat(201) })).toBe('form.too-long');
  });
  it.each(['', 'shipped:', 'shipped:Event', 'event', 'aaaaaaaaaaaaaaaa', 'shipped:event;x'])(
    '%j is none that can be hidden',
    (id) => expect(parse(schemas.hideTemplate, { id }).success).toBe(false),
  );
  it('a form that is only shown again takes whatever stands in it, within reason', () => {
    expect(parse(schemas.unfinishedSpace, { name: '', members: ['x'], administrators: [] }).success).toBe(
      true,
    );
    expect(parse(schemas.unfinishedSpace, { name: 'x'.repeat(2_000), members: [] }).success).toBe(false);
  });
});
