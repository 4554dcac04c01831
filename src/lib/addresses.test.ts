import { describe, expect, it } from 'vitest';
import { asciiDomain, domainRule, fitsDomains, parseAddress, readAddresses } from './addresses';

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
    ['田中@abc例え.jp', '田中@xn--abc-b73b408n.jp'],
    ['用户@例子.广告', '用户@xn--fsqu00a.xn--4rr70v'],
    ['ann@paral·lel.example', 'ann@xn--parallel-koa.example'],
    ['ｆｌｏ＠ｇｕｅｓｔ．ｅｘａｍｐｌｅ', 'flo@guest.example'],
    ['eve＠guest.example', 'eve@guest.example'],
    ['eve﹫guest.example', 'eve@guest.example'],
    ['\u200bada@guest.example', 'ada@guest.example'],
    ['\ufeffada@guest.example\u200e', 'ada@guest.example'],
    ['a\u00adda@gu\u2060est.example', 'ada@guest.example'],
    ['gil@partner\u200d.example', 'gil@partner.example'],
    ['\u202egil@partner.example\u202c', 'gil@partner.example'],
    ['\u00a0gil@partner.example\u3000', 'gil@partner.example'],
  ])('%s is %s', (typed, email) => expect(parseAddress(typed)?.email).toBe(email));

  it('is the same composed and decomposed (NFC)', () => {
    const composed = parseAddress('andré@café.example')!;
    expect(parseAddress('andre\u0301@cafe\u0301.example')!).toEqual(composed);
  });

  it('keeps what was typed for the mail, but nothing that nobody sees', () => {
    expect(parseAddress(' Gil.Ferreira@Partner.Example ')?.original).toBe('Gil.Ferreira@Partner.Example');
    expect(parseAddress('G\u200bil＠Partner.Example')?.original).toBe('Gil@Partner.Example');
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
    // No top-level domain mixes scripts or has signs.
    'gil@partner.exampleさん',
    'gil@partner.example입니다',
    'gil@例え.テストさん',
    'gil@partner.exampleпочта',
    'gil@partner.example’s',
    'gil@partner.example😀',
    'gil@partner.example→x',
    'gil\u200b',
    '\u200b@partner.example',
    `${'\u200b'.repeat(3_000)}gil@partner.example`,
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

describe('a rule of domains', () => {
  it.each([
    ['Partner.Example', 'partner.example'],
    ['@partner.example', 'partner.example'],
    ['partner.example.', 'partner.example'],
    ['partner.example。', 'partner.example'],
    ['\u200bｐartner．example', 'partner.example'],
    ['müller.example', 'xn--mller-kva.example'],
    ['*.partner.example', '*.partner.example'],
    ['*.Partner.example.', '*.partner.example'],
    ['@*.partner.example', '*.partner.example'],
    ['.partner.example', '*.partner.example'],
  ])('%j is %j', (typed, rule) => {
    expect(domainRule(typed)).toBe(rule);
    expect(domainRule(rule)).toBe(rule);
  });

  it.each([
    '',
    '*',
    '*.',
    '.',
    'example',
    '*.example',
    '*.*.example',
    'a.*.example',
    '*partner.example',
    'partner..example',
    'gil@partner.example',
    'https://partner.example',
    'partner.example/x',
    'partner.example:25',
    '10.0.0.1',
    '_dmarc.partner.example',
    'partner-.example',
    `${'abcdefgh.'.repeat(30)}example`,
  ])('%j, which no address can have, is none', (typed) => expect(domainRule(typed)).toBeNull());

  it('without a star is that domain alone, with one all below it and not itself', () => {
    expect(fitsDomains(['partner.example'], 'a@partner.example')).toBe(true);
    expect(fitsDomains(['partner.example'], 'a@mail.partner.example')).toBe(false);
    expect(fitsDomains(['*.partner.example'], 'a@mail.partner.example')).toBe(true);
    expect(fitsDomains(['*.partner.example'], 'a@x.mail.partner.example')).toBe(true);
    expect(fitsDomains(['*.partner.example'], 'a@partner.example')).toBe(false);
    expect(fitsDomains(['*.partner.example'], 'a@otherpartner.example')).toBe(false);
    expect(fitsDomains(['a.example', '*.b.example'], 'x@c.example')).toBe(false);
  });

  it('stored by an older version, with a dot at its end or capitals, means what it says', () => {
    expect(fitsDomains(['Partner.example.'], 'a@partner.example')).toBe(true);
  });
});

/** Addresses, ✗ for what is wrong, – for what was left out. */
const read = (text: string): string[] => {
  const { listed, leftOut } = readAddresses(text);
  return [
    ...listed.map(({ typed, address }) => address?.email ?? `✗${typed}`),
    ...leftOut.map((typed) => `–${typed}`),
  ];
};

describe('pasted addresses', () => {
  const [a, b, c] = ['ana@partner.example', 'bob@partner.example', 'cy@partner.example'];

  describe('stand between commas, semicolons, white space and line breaks of any script', () => {
    it.each([
      ['', []],
      [' , ;\n ', []],
      [a, [a]],
      [`${a}, ${b},${c}`, [a, b, c]],
      [`${a}; ${b};${c};`, [a, b, c]],
      [`${a}\n${b}\r\n${c}\n`, [a, b, c]],
      [`${a}\r${b}\u2028${c}`, [a, b, c]],
      [`${a} ${b}\t${c}`, [a, b, c]],
      [`${a}\u00a0${b}\u3000${c}`, [a, b, c]],
      [`${a}、${b}，${c}；`, [a, b, c]],
      [`${a}､${b}؛ ${c}،`, [a, b, c]],
      [`${a}|${b} / ${c}`, [a, b, c]],
      [`${a}.`, [a]],
      [`${a}。`, [a]],
      [`(${a}), [${b}], "${c}"!`, [a, b, c]],
      [`'${a}', ‘${b}’, **${c}**`, [a, b, c]],
      [`1. ${a}\n2) ${b}\n•${c}`, [a, b, c]],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('without an @ are told as wrong, not left out', () => {
    it.each([
      [`${a}; lena(at)studio.example`, [a, '✗lena(at)studio.example']],
      [`${a}, lena [at] studio.example, ${b}`, [a, b, '✗lena [at] studio.example']],
      [
        `${a}\nlena at studio.example\nlena.studio.example`,
        [a, '✗lena at studio.example', '✗lena.studio.example'],
      ],
      [`Guests\n${a}\nDr. Lena Ito\nJ.R. Roe`, [a, '–Guests', '–Dr. Lena Ito', '–J.R. Roe']],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('are understood as mail clients copy them', () => {
    it.each([
      [`<@relay.example:${a}>, Roe <@relay.example,@other.example:${b}>`, [a, b]],
      [`Doe, Jane <${a}>; Roe, Rick <${b}>`, [a, b]],
      [`Doe, Jane <${a}>;Roe, Rick <${b}>;`, [a, b]],
      [`Doe, Jane <${a}>\r\nRoe, Rick <${b}>`, [a, b]],
      [`Doe, Jane <${a}>, Roe, Rick <${b}>`, [a, b]],
      [`Doe, Jane ${a}, Roe, Rick (${b})`, [a, b]],
      [`"Doe, Jane" <${a}>, "Roe; Rick" <${b}>`, [a, b]],
      [`“Doe, Jane” <${a}>, „Roe, Rick“ <${b}>`, [a, b]],
      [`'Doe, Jane' <${a}>; 'Roe, Rick' <${b}>`, [a, b]],
      [`Hal Ho<${a}>,Ida<${b}>`, [a, b]],
      [`Ana <${a}>; Bob <${b}>\n<${c}>`, [a, b, c]],
      [`<${a}><${b}>`, [a, b]],
      [`Ana < ${a} >`, [a]],
      [`Ana\n <${a}>`, [a]],
      [`山田 太郎 ＜${a}＞、Émile Zola <${b}>`, [a, b]],
      [`"Ann \\"The Crane\\" Lee" <${a}>, ${b}`, [a, b]],
      [`"Ann ""The Crane"" Lee" <${a}>, ${b}`, [a, b]],
      [`"${a}" <${a}>`, [a]],
      [`"${a}"; "${b}, ${c}"`, [a, b, c]],
      [`Screen 24" <${a}>, "Doe, Jane" <${b}>`, [a, b]],
      [`Ana@Acme <${a}>, Bob @ Acme <${b}>`, [a, b]],
      [`${a} (Ana, on leave), (Bob \\) B.) ${b}`, [a, b]],
      [`${a} (was ${b})`, [a]],
      [`Ana (${a}), Bob (${b})`, [a, b]],
      [`Team: ${a}, ${b}; ${c}`, [a, b, c]],
      [`To: ${a}; Cc:${b}`, [a, b]],
      [`mailto:${a}`, [a]],
      [`<mailto:${a}?subject=Hello%20there>`, [a]],
      ['mailto:ana%2Bx@partner.example?cc=bob@partner.example', ['ana+x@partner.example']],
      [`[${a}](mailto:${a})`, [a]],
      [`<a href="mailto:${a}">Ana</a>`, [a]],
      [`Ana <${a}, Bob <${b}>`, [a, b]],
      [`https://chat.example/@ana ${a}`, [a]],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('are understood as spreadsheets copy them', () => {
    it.each([
      [
        `\ufeffe-mail,display name,status\r\n"${a}","Ana ""The Crane"", Lee","active"\r\n"${b}","B","inactive"\r\n`,
        [a, b],
      ],
      [`Display name\tE-mail\nAna Lee\t${a}\nBob\t${b}\n`, [a, b]],
      [`\ufeff${a};Ana\r\n${b};Bob Lee\r\n`, [a, b]],
      [`Name;Company;Mail\nAna;"Acme; Ltd";${a}\nBob;;${b}`, [a, b]],
      [`"${a}"\n"${b}"`, [a, b]],
      [`Name,Mail,Other mail\nAna,${a},${c}\nBob,${b},`, [a, c, b]],
      [`メール\t名前\n${a}\t山田\n${b}\t佐藤`, [a, b]],
      [`Ana\t${a}\t"two\nlines"\nBob\t${b}\tone`, [a, b]],
      [`Name,Mail\nAna,"Lee, Ana <${a}>"\nBob,${b}`, [a, b]],
      // Our own tables disarm formulas with an apostrophe.
      [
        `e-mail,display name\r\n"'+ana@partner.example","'=1+1"\r\n"'-bob@partner.example","B"`,
        ['+ana@partner.example', '-bob@partner.example'],
      ],
      // A name with an @ is a name; in the address column, it is a wrong address.
      [`e-mail,display name\n"${a}","Ana @ Acme"\n"${b}","Bob@Acme"`, [a, b]],
      [`Name,Mail\nAna,${a}\nBob,bob@`, [a, '✗bob@']],
      [`Name,Mail\nAna,${a}\nBob,`, [a, '–Bob']],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('end and begin where the script changes to or from one without blanks', () => {
    it.each([
      [`${a}さん、${b}さん`, [a, b]],
      [`${a}様；${b}様`, [a, b]],
      [`${a}です。${b}です。`, [a, b]],
      [`${a}と${b}`, [a, b]],
      [`「${a}」「${b}」`, [a, b]],
      [`연락처 ${a}입니다`, [a]],
      [`ติดต่อ${a}ครับ`, [a]],
      [`请联系${a}谢谢`, [a]],
      [`メールは${a}へ`, [a]],
      [`担当${a}`, [a]],
      [`担当・${a}`, [a]],
      [`田中/${a}`, [a]],
      ['田中@例え.jp', ['田中@xn--r8jz45g.jp']],
      ['用户@例子.广告', ['用户@xn--fsqu00a.xn--4rr70v']],
      ['gil@例え.jpです', ['gil@xn--r8jz45g.jp']],
      [`${a}｜田中@例え.jp`, [a, '田中@xn--r8jz45g.jp']],
      [`<${a}さん>`, [a]],
      [`Name\tMail\nAna\t${a}様\nBob\t${b}様`, [a, b]],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('are read without the signs that stick to them', () => {
    it.each([
      [`Ana|${a}\nBob|${b}`, [a, b]],
      [`Ana Lee|${a}`, [a]],
      [`| Ana | ${a} |`, [a]],
      [`{'${a}','${b}'}`, [a, b]],
      [`Ana=${a}`, [a]],
      [`ANA/${a}`, [a]],
      [`Ana–${a}`, [a]],
      ['Jane/jane.doe@partner.example', ['jane.doe@partner.example']],
      [`email=${a}`, [a]],
      [`to=${a}&cc=${b}`, [a, b]],
      ...[...'#$=|/&!?%^*~`-{→★※😀‘「'].map((sign): [string, string[]] => [sign + a, [a]]),
      ...[...'&·•|/=→・💡»'].map((sign): [string, string[]] => [a + sign + b, [a, b]]),
      ...['’s', "'s", '*', '!', '…', '😀', '|Ana', '=Ana', '（Ana）', '—Ana'].map(
        (behind): [string, string[]] => [a + behind, [a]],
      ),
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('keep the signs that are theirs', () => {
    it.each([
      'a/b@x.example',
      'a=b@x.example',
      'a&b@x.example',
      "o'neill@x.example",
      'r&d@x.example',
      'ann+tag@x.example',
      'user%host@x.example',
      '_ann@x.example',
      'bounces+ann=g.example@list.example',
      'prvs=12ab=ann@x.example',
      'srs0=hhh=tt=orig.example=user@x.example',
    ])('%s', (email) => {
      expect(read(email)).toEqual([email]);
      expect(read(`Ann <${email}>, ${a}`)).toEqual([email, a]);
    });
  });

  describe('are refused, as they were typed, where it is in doubt what belongs to them', () => {
    it.each([
      'Smith&Jones@firm.example',
      'Sales/Marketing@firm.example',
      '携帯090@partner.example',
      'taro田中@例え.jp',
      '田中_taro@partner.example',
      'почтаana@partner.example',
      'ana@partner.exampleпочта',
      'ana@partner.exampleعربي',
      'ana@mail.a例え.jp',
      'ana@mail.partner_site.example',
      'ana@partner.example/index.html',
      'ana@partner.example+bob@partner.example',
      'ana@partner.example%2Cbob@partner.example',
      '%20ana@partner.example',
      'o’neill@partner.example',
      'jean–luc@partner.example',
    ])('%s', (typed) => expect(read(typed)).toEqual([`✗${typed}`]));

    it('but for those beside them that are plain, and whatever stands in brackets', () => {
      expect(read(`${a}と田中@例え.jp`)).toEqual([a, '✗と田中@例え.jp']);
      expect(read('Smith <Smith&Jones@firm.example>')).toEqual(['smith&jones@firm.example']);
    });
  });

  it('are each one, however often and in whatever capitals they stand there', () => {
    expect(read(`${a}, ${a.toUpperCase()} ＡＮＡ＠partner.example Ana <${a}>`)).toEqual([a]);
    expect(readAddresses('WILMA@GUEST.EXAMPLE, wilma@guest.example').listed).toMatchObject([
      { address: { original: 'WILMA@GUEST.EXAMPLE' } },
    ]);
  });

  describe('that want to be some are wrong, and come back as they were typed', () => {
    it.each([
      [`foo@, ${a}`, ['✗foo@', a]],
      ['@bar', ['✗@bar']],
      ['a@b', ['✗a@b']],
      ['a b@c', ['✗a b@c']],
      ['Jane <foo@>', ['✗Jane <foo@>']],
      ['"foo@"', ['✗foo@']],
      [`${a}${b}`, [`✗${a}${b}`]],
      [`.ana@partner.example`, ['✗.ana@partner.example']],
      ['ana@partner..example; ana@[10.0.0.1]', ['✗ana@partner..example', '✗ana@[10.0.0.1]']],
      ['foo@ foo@, foo@', ['✗foo@']],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  describe('are no names and headings: those are left out', () => {
    it.each([
      [`Guests of Northwind\n${a}\n${b}`, [a, b, '–Guests of Northwind']],
      [`no body, ${a}`, [a, '–no body']],
      [`${a};Ana`, [a, '–Ana']],
      [`${a}, Bob, ${c}`, [a, c, '–Bob']],
      ['hello', ['–hello']],
    ])('%j', (text, pieces) => expect(read(text)).toEqual(pieces));
  });

  it('keep the address that stands before a name', () => {
    expect(read(`${a} Bob <${b}>`).sort()).toEqual([a, b]);
    expect(read(`${a} <${b}>`).sort()).toEqual([a, b]);
  });

  it('can be 500, in each of these forms', () => {
    const many = Array.from({ length: 500 }, (_, i) => `guest${i}@partner.example`);
    for (const [separator, row] of [
      ['; ', (email: string, i: number) => `Guest, Number ${i} <${email}>`],
      [', ', (email: string, i: number) => `"Guest, Number ${i}" <${email}>`],
      ['\r\n', (email: string, i: number) => `"${email}","Guest, Number ${i}","active"`],
      ['\n', (email: string, i: number) => `Guest ${i}\t${email}`],
    ] as const)
      expect(read(many.map(row).join(separator))).toEqual(many);
  });

  it('are read in a time that grows as the text does, whatever it is', { timeout: 60_000 }, () => {
    const parts = [
      ...' x,;"<>(@.|*\'\n\t\\\u200b＠。“:',
      ...[
        'word ',
        '"a" ',
        '"\\',
        '""',
        '(a',
        '((',
        '()',
        '"(',
        '<a@',
        '@ ',
        '@,',
        'a@b.c,',
        'a@b.example\t@\n',
      ],
      ...[
        '"a@b.example","@"\n',
        '"\n',
        'a\tb\n',
        'mailto:',
        'a://',
        'x|y@',
        '\n <',
        'Doe, ',
        '*@*',
        '?to=',
        '%@',
        'aを@',
        'a@b.exampleと',
        'a@b.example=A',
        'A=a',
        '@·',
      ],
    ];
    for (const part of parts) {
      const time = (size: number) => {
        const text = `a${part.repeat(Math.ceil(size / part.length))}b`;
        const began = performance.now();
        readAddresses(text);
        return performance.now() - began;
      };
      time(30_000);
      // Four times the form's limit. A quadratic reader would take minutes, so the bound can be loose.
      expect(time(240_000), JSON.stringify(part)).toBeLessThan(3_000);
    }
  });
});
