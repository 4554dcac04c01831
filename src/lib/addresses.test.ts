import { describe, expect, it } from 'vitest';
import { asciiDomain, parseAddress, splitAddresses } from './addresses';

describe('one address', () => {
  it.each([
    ['gil@partner.example', 'gil@partner.example'],
    ['  gil@partner.example \n', 'gil@partner.example'],
    ['Gil.Ferreira@Partner.Example', 'gil.ferreira@partner.example'],
    ['GIL+HARBOUR@PARTNER.EXAMPLE', 'gil+harbour@partner.example'],
    ["o'brien_99@mail.partner.co.uk", "o'brien_99@mail.partner.co.uk"],
    ['jürgen@müller.example', 'jürgen@xn--mller-kva.example'],
    ['JÜRGEN@MÜLLER.EXAMPLE', 'jürgen@xn--mller-kva.example'],
    ['gil@XN--MLLER-KVA.example', 'gil@xn--mller-kva.example'],
    ['山田@例え.テスト', '山田@xn--r8jz45g.xn--zckzah'],
    ['gil@ｐａｒｔｎｅｒ.example', 'gil@partner.example'],
    ['gil@例え。テスト', 'gil@xn--r8jz45g.xn--zckzah'],
  ])('%s is %s', (typed, email) => expect(parseAddress(typed)?.email).toBe(email));

  it('is the same composed and decomposed (NFC)', () => {
    const composed = parseAddress('andré@café.example')!;
    expect(parseAddress('andre\u0301@cafe\u0301.example')!).toEqual(composed);
  });

  it('keeps what was typed for the mail', () => {
    expect(parseAddress(' Gil.Ferreira@Partner.Example ')?.original).toBe('Gil.Ferreira@Partner.Example');
  });

  it('is the same when it is canonical already', () => {
    const { email } = parseAddress('JÜRGEN@Müller.example')!;
    expect(parseAddress(email)?.email).toBe(email);
  });

  it.each([
    '',
    '@',
    'gil',
    'gil@',
    '@partner.example',
    'gil@partner',
    'gil@localhost',
    'gil@@partner.example',
    'gil@part ner.example',
    'g il@partner.example',
    '.gil@partner.example',
    'gil.@partner.example',
    'g..il@partner.example',
    'gil@.example',
    'gil@partner..example',
    'gil@-partner.example',
    'gil@partner-.example',
    'gil@partner.example.',
    'gil@10.0.0.1',
    'gil@[10.0.0.1]',
    'gil@partner.example:25',
    'gil@partner.example/path',
    'gil@partner.example?x',
    'gil@part%6eer.example',
    '"gil"@partner.example',
    'gil<x>@partner.example',
    'mailto:gil@partner.example',
    'gil@partner.example\nBcc: a@b.example',
    'gil\u0000@partner.example',
    'gil\u202e@partner.example',
    `${'x'.repeat(65)}@partner.example`,
    `${'ü'.repeat(33)}@partner.example`,
    `gil@${'x'.repeat(64)}.example`,
    `gil@${'abcdefgh.'.repeat(30)}example`,
  ])('%j is none', (typed) => expect(parseAddress(typed)).toBeNull());
});

describe('a domain', () => {
  it.each([
    ['Partner.Example', 'partner.example'],
    ['müller.example', 'xn--mller-kva.example'],
    ['', null],
    ['a b', null],
    ['user@partner.example', null],
    ['partner.example/x', null],
  ])('%j is %j', (typed, domain) => expect(asciiDomain(typed)).toBe(domain));
});

describe('pasted addresses', () => {
  const [a, b, c] = ['ana@partner.example', 'bob@partner.example', 'cy@partner.example'];
  it.each([
    ['', []],
    [' , ;\n ', []],
    [a, [a]],
    [`${a}, ${b},${c}`, [a, b, c]],
    [`${a}; ${b};${c};`, [a, b, c]],
    [`${a}\n${b}\r\n${c}\n`, [a, b, c]],
    [`${a} ${b}\t${c}`, [a, b, c]],
    [`${a}、${b}，${c}；`, [a, b, c]],
    [`Ana <${a}>, Bob B. Builder <${b}>`, [a, b]],
    [`"Last, First" <${a}>, "Doe; Bob" <${b}>`, [a, b]],
    [`"Ann \\"The Crane\\" Lee" <${a}>, ${b}`, [a, b]],
    [`Ana <${a}>; Bob <${b}>\n<${c}>`, [a, b, c]],
    [`<${a}><${b}>`, [a, b]],
    [`山田 太郎 <${a}>, Émile Zola <${b}>`, [a, b]],
    [`${a} <${a}>, ${b}`, [a, a, b]],
    [`"${a}" <${a}>`, [a]],
    [`Ana < ${a} >`, [a]],
    [`no body, ${a}`, ['no', 'body', a]],
    [`nobody@, ${a}`, ['nobody@', a]],
  ])('%j', (text, pieces) => {
    // What is lost or made up would be an invitation too few or too many; a repeated address is one.
    expect([...new Set(splitAddresses(text))]).toEqual([...new Set(pieces)]);
  });

  it('keeps the address that stands before a name', () => {
    expect(splitAddresses(`${a} Bob <${b}>`)).toContain(a);
    expect(splitAddresses(`${a} <${b}>`)).toContain(a);
  });

  it('takes 500 as a mail client copies them', () => {
    const many = Array.from({ length: 500 }, (_, i) => `guest${i}@partner.example`);
    const pasted = many.map((email, i) => `"Guest, Number ${i}" <${email}>`).join('; ');
    expect(splitAddresses(pasted)).toEqual(many);
  });

  const SIZE = 60_000; // limits.addresses
  it('reads nonsense in no time, however long', () => {
    for (const part of [' ', 'x', 'word ', '"', '<', '"a" ', '"\\']) {
      const text = part.repeat(SIZE / part.length);
      const began = performance.now(); // cubic time took minutes; this is no measurement, only a fence
      splitAddresses(`a${text}b`);
      expect(performance.now() - began, part).toBeLessThan(5_000);
    }
  });
});
