// What people who have never heard of Markdown write, and CommonMark's examples, which must come out unchanged.
import specification from 'commonmark-spec/spec.txt?raw';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { render, unquoted, words } from '.';
import { dialect } from './dialect';

const html = (text: string) => render(text).trim();
const p = (inside: string) => `<p>${inside}</p>`;
const a = (href: string, text = href) => `<a href="${href}" rel="nofollow ugc noopener">${text}</a>`;

describe('the examples of CommonMark 0.31.2', () => {
  const examples = [
    ...specification
      .replace(/\r\n?/g, '\n')
      .replaceAll('→', '\t')
      .matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$/gm),
  ].map(([, text, wanted]) => ({ text: text!, wanted: wanted! }));
  const md = new MarkdownIt('commonmark').use(dialect);
  // The layout of an empty quote does not matter.
  const tidy = (html: string) => html.replace(/<blockquote>\n?<\/blockquote>/g, '<blockquote></blockquote>');

  /** Dashes below a line: a heading in CommonMark, a rule here. */
  const dashes = [59, 80, 83, 84, 86, 89, 90, 91, 95, 96, 102, 103, 115, 141, 300];

  /** A line without `>` right below a quotation: part of it in CommonMark ("lazy continuation"), its end here. */
  const lazy = [93, 232, 233, 238, 247, 250, 251, 292, 293];

  it('are all here', () => expect(examples.length).toBe(652));
  it('come out as they say, but where dashes underline, and below quotations', () => {
    const differing = examples.flatMap(({ text, wanted }, i) =>
      tidy(md.render(text)) === tidy(wanted) ? [] : [i + 1],
    );
    expect(differing).toEqual([...dashes, ...lazy].sort((a, b) => a - b));
  });
  it('and below quotations differ by where these end alone', () => {
    for (const n of lazy) {
      const { text, wanted } = examples[n - 1]!;
      const marks = text
        .split('\n')
        .map((line) => (line.trim() ? (/^[ >\d.-]*/.exec(line)![0].match(/>/g)?.length ?? 0) : 9));
      expect(
        marks.some((count, i) => count < (marks[i - 1] ?? 0)),
        `example ${n}`,
      ).toBe(true);
      // Outside the quotation, 93 becomes a heading and 238 code.
      const asWords = (html: string) =>
        html
          .replace(/<\/?(?:p|h1|li|ol|blockquote|pre|code)>|=/g, ' ')
          .replace(/\s+/g, ' ')
          .trim();
      expect(asWords(md.render(text)), `example ${n}`).toBe(asWords(wanted));
    }
  });
  it('and there differ by the heading alone', () => {
    for (const n of dashes) {
      const { text, wanted } = examples[n - 1]!;
      const asWords = (html: string) =>
        html
          .replace(/<hr \/>|<\/?(?:p|h[12]|li)>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim();
      expect(asWords(md.render(text)), `example ${n}`).toBe(asWords(wanted));
      expect(md.render(text)).not.toContain('<h2>');
    }
  });
});

describe('emphasis beside the punctuation of scripts without blanks', () => {
  it.each([
    ['これは**「重要」**です。', 'これは<strong>「重要」</strong>です。'],
    ['**重要。**次に', '<strong>重要。</strong>次に'],
    ['注意：*（必読）*です', '注意：<em>（必読）</em>です'],
    ['这是**“重点”**吗？', '这是<strong>“重点”</strong>吗？'],
    ['请看**《合同》**的附件', '请看<strong>《合同》</strong>的附件'],
    ['중요한 것은**“이것”**입니다', '중요한 것은<strong>“이것”</strong>입니다'],
    ['これは~~「旧版」~~です', 'これは<s>「旧版」</s>です'],
    ['**@Ann**さん', '<strong>@Ann</strong>さん'],
    ['これは**`code`**です', 'これは<strong><code>code</code></strong>です'],
  ])('%s', (text, wanted) => expect(html(text)).toBe(p(wanted)));
  it('is what it was in Latin text', () => {
    expect(html('a**"b"**c')).toBe(p('a**&quot;b&quot;**c'));
    expect(html('snake_case_name 2*3*4')).toBe(p('snake_case_name 2<em>3</em>4'));
  });
});

describe('a bare address', () => {
  const whole = 'https://partner.example/a';
  it.each([
    [`${whole}を見て`, p(`${a(whole)}を見て`)],
    [`資料は${whole}です`, p(`資料は${a(whole)}です`)],
    [`「${whole}」を`, p(`「${a(whole)}」を`)],
    [`${whole}、${whole}。`, p(`${a(whole)}、${a(whole)}。`)],
    [`${whole}는 새 주소`, p(`${a(whole)}는 새 주소`)],
    [`ดู${whole}นะ`, p(`ดู${a(whole)}นะ`)],
    [`${whole}？`, p(`${a(whole)}？`)],
    [`${whole}　次`, p(`${a(whole)}　次`)],
    [`${whole}(資料)`, p(`${a(whole)}(資料)`)],
    ['https://partner.exampleを見て', p(`${a('https://partner.example')}を見て`)],
    ['http://localhost:8787を開く', p(`${a('http://localhost:8787')}を開く`)],
    [
      '連絡先はtaro@partner.exampleです',
      p(`連絡先は${a('mailto:taro@partner.example', 'taro@partner.example')}です`),
    ],
  ])('ends where a script without blanks begins: %s', (text, wanted) => expect(html(text)).toBe(wanted));
  it.each([
    [`(see ${whole})`, p(`(see ${a(whole)})`)],
    ['https://a.example/Foo_(bar)', p(a('https://a.example/Foo_(bar)'))],
    [
      'https://a.example/%E6%97%A5?q=ü#é',
      p(a('https://a.example/%E6%97%A5?q=%C3%BC#%C3%A9', 'https://a.example/%E6%97%A5?q=ü#é')),
    ],
    [`${whole}.`, p(`${a(whole)}.`)],
    ['http://例え.テスト/a', p(a('http://xn--r8jz45g.xn--zckzah/a'))],
  ])('goes on as it did: %s', (text, wanted) => expect(html(text)).toBe(wanted));
  it('that is marked as one is all of it', () => {
    expect(html('<https://a.example/日本>')).toContain('href="https://a.example/%E6%97%A5%E6%9C%AC"');
    expect(html('[x](https://a.example/日本)')).toContain('href="https://a.example/%E6%97%A5%E6%9C%AC"');
  });
});

describe('a Windows path stays as it was typed', () => {
  it.each([
    '\\\\server\\share\\new',
    '\\\\server\\_share\\*.txt',
    '\\\\?\\C:\\a',
    'C:\\new\\_x and D:\\_y',
    'C:\\*.* now',
    'see C:\\Users\\ann_b\\_old\\[1]',
    '..\\_build\\*a',
    '.\\_x',
    '%APPDATA%\\_foyer\\!a',
    '共有は\\\\server\\_共有\\資料です',
    'C:\\Program Files (x86)\\_app\\x',
    'C:\\Users\\Ann Lee\\.ssh\\config',
    'C:\\Users\\Ann & Bob\\!x',
    'C:\\My Documents\\_archive',
    '"C:\\Program Files\\.net"',
    'D:\\a b\\-c',
    '\\\\server\\Team Share\\_old\\.hidden',
    '\\\\fileserver',
    '\\\\server\\',
    '\\\\server$\\x',
    '~\\.ssh',
    '$HOME\\.x',
    'HKCU\\_x',
    'DOMAIN\\_svc',
    'share\\.git',
    'C:\\a(1)\\_b',
    'C:\\a[1]\\_b and D:\\x y\\[2]',
    'cd ..\\..\\_x',
    '{C:\\a\\_b}',
    'C:\\it`s\\_x',
    '\\\\server\\a`b\\_c\\!d',
    'C:\\a`b\\_c and D:\\e`f\\_g',
    'C:\\Program` Files\\_app\\x',
    'C:\\Program` Files\\_x and D:\\Program` Files\\_y',
    'C:\\a``b\\_c',
    '~\\.a`b\\_c, DOMAIN\\_svc`2\\_x',
    'C:\\a\\`_b',
  ])('%s', (path) => expect(words(path)).toBe(path));
  it('within marks, quotes, brackets and sentences', () => {
    expect(html('**C:\\new\\_x**')).toBe(p('<strong>C:\\new\\_x</strong>'));
    expect(html('(C:\\new\\_x), "D:\\_a".')).toBe(p('(C:\\new\\_x), &quot;D:\\_a&quot;.'));
    expect(html('[C:\\_x](/a)')).toBe(p('<a href="/a">C:\\_x</a>'));
    expect(html('C:\\dir\\\nnext')).toBe(p('C:\\dir\\<br>\nnext'));
  });
  it('code beside a path is code', () => {
    expect(html('`C:\\_a` C:\\_b `x`')).toBe(p('<code>C:\\_a</code> C:\\_b <code>x</code>'));
    expect(html('C:\\tempに`code`を')).toBe(p('C:\\tempに<code>code</code>を'));
    expect(html('C:\\temp `a\\b` \\_c')).toBe(p('C:\\temp <code>a\\b</code> _c'));
    expect(html('(C:\\a)`a\\b`')).toBe(p('(C:\\a)<code>a\\b</code>'));
    expect(html('C:\\a` *b*')).toBe(p('C:\\a` <em>b</em>'));
    expect(html('**C:\\a`b\\_c** and *d*')).toBe(p('<strong>C:\\a`b\\_c</strong> and <em>d</em>'));
  });
  it('an escape is one elsewhere', () => {
    expect(html('\\*a\\* \\_b\\_ 1\\. x\\\\*y*')).toBe(p('*a* _b_ 1. x\\<em>y</em>'));
    expect(html('1\\. not a list')).toBe(p('1. not a list'));
    expect(html('\\* not a list\n\n\\# no heading')).toBe(`${p('* not a list')}\n${p('# no heading')}`);
    expect(html('\\[x\\](y) a\\[1\\] well\\-known Hi\\! MAX\\_SIZE')).toBe(
      p('[x](y) a[1] well-known Hi! MAX_SIZE'),
    );
    expect(html('C:\\a, snake\\_case. In C:\\b. My\\_file')).toBe(p('C:\\a, snake_case. In C:\\b. My_file'));
    expect(html('[C:\\a](/x) and b\\_c, _C:\\a_ and b\\_c')).toBe(
      p('<a href="/x">C:\\a</a> and b_c, <em>C:\\a</em> and b_c'),
    );
    expect(html('C:\\a \\*b\\* **c**')).toBe(p('C:\\a *b* <strong>c</strong>'));
    expect(html('abc:\\_x_ snake\\_case\\_name end.\\*x')).toBe(p('abc:_x_ snake_case_name end.*x'));
  });
});

describe('dashes below a line', () => {
  it.each([
    ['Bye\n-- \nAnn', `${p('Bye')}\n<hr>\n${p('Ann')}`],
    ['Bye\n--\nAnn', `${p('Bye')}\n<hr>\n${p('Ann')}`],
    ['Bye\n\n-- \nAnn', `${p('Bye')}\n<hr>\n${p('Ann')}`],
    ['Total\n---', `${p('Total')}\n<hr>`],
    ['Total\r\n-----\r\n12', `${p('Total')}\n<hr>\n${p('12')}`],
    ['a\n-\nb', p('a<br>\n-<br>\nb')],
    ['> Bye\n> -- \n> Ann', `<blockquote>\n${p('Bye')}\n<hr>\n${p('Ann')}\n</blockquote>`],
    ['> quoted\n-- \nAnn', `<blockquote>\n${p('quoted')}\n</blockquote>\n<hr>\n${p('Ann')}`],
    ['- a\n  -- \n  Ann', '<ul>\n<li>a\n<hr>\nAnn</li>\n</ul>'],
  ])('are a line, no heading: %j', (text, wanted) => expect(html(text)).toBe(wanted));
  it('two of them by themselves are words; = underlines a heading still', () => {
    expect(html('--\nx')).toBe(p('--<br>\nx'));
    expect(html('a -- b')).toBe(p('a -- b'));
    expect(html('Total\n===\nx')).toBe(`<h3>Total</h3>\n${p('x')}`);
  });
});

describe('a line without > ends a quotation', () => {
  it.each([
    ['> a\nb', `<blockquote>\n${p('a')}\n</blockquote>\n${p('b')}`],
    ['> a\n> b\n\nc', `<blockquote>\n${p('a<br>\nb')}\n</blockquote>\n${p('c')}`],
    ['> > a\n> b', `<blockquote>\n<blockquote>\n${p('a')}\n</blockquote>\n${p('b')}\n</blockquote>`],
    ['- > a\n  b', `<ul>\n<li>\n<blockquote>\n${p('a')}\n</blockquote>\nb</li>\n</ul>`],
    ['- > a\nb', `<ul>\n<li>\n<blockquote>\n${p('a')}\n</blockquote>\n</li>\n</ul>\n${p('b')}`],
  ])('%j', (text, wanted) => expect(html(text)).toBe(wanted));
  it('and what is left without quotations is the rest, as the parser sees it', () => {
    expect(unquoted('> a\nb')).toBe('\nb');
    expect(unquoted('> > a\n> b\n\nc\r\n- > d\n  e')).toBe('\n\n\nc\n\n  e');
    for (const none of ['a > b', '\\> a', '    > code', '```\n> code\n```'])
      expect(unquoted(none)).toBe(none);
  });
});

describe('tasks', () => {
  const box = (words: string, done = false) =>
    `<li class="task"><label><input type="checkbox" disabled=""${done ? ' checked=""' : ''}> ${words}</label></li>`;
  it('are boxes that have their words as name', () => {
    expect(html('- [ ] **pay** it\n- [x] done\n* [X] [x](/y)')).toBe(
      `<ul>\n${box('<strong>pay</strong> it')}\n${box('done', true)}\n</ul>\n<ul>\n${box('<a href="/y">x</a>', true)}\n</ul>`,
    );
    expect(html('1. [ ] a')).toBe(`<ol>\n${box('a')}\n</ol>`);
    expect(html('- [ ]　全角')).toBe(`<ul>\n${box('全角')}\n</ul>`);
  });
  it('are nothing else: a link, brackets elsewhere, nothing behind them', () => {
    for (const text of ['- [x](/y)', '- [ ]', '- [ ]a', '- a [ ] b', '[ ] a', '- [y] a', '- `[ ] a`'])
      expect(html(text), text).not.toContain('<input');
  });
  it('name themselves in plain words too', () => {
    expect(words('- [ ] a\n- [x] b')).toBe('\u2610 a \u2611 b');
  });
});

describe('a link without anything to see shows its address', () => {
  const at = 'https://partner.example';
  it.each([
    [`[](${at})`, p(a(at))],
    [`[ ](${at})`, p(a(at))],
    [`[\u200b](${at})`, p(a(at))],
    [`[\u3164\u2800](${at})`, p(a(at))],
    [`[\u202e\u00ad](${at})`, p(a(at))],
    [`[**\u200b**](${at})`, p(a(at))],
    [`[&nbsp;&zwj;](${at})`, p(a(at))],
    [`[\u200b][r]\n\n[r]: ${at}`, p(a(at))],
    [`![](${at}/x.png)`, p(a(`${at}/x.png`))],
    [`![\u200b](${at}/x.png)`, p(a(`${at}/x.png`))],
    [`[![](${at}/x.png)](${at}/y)`, p(a(`${at}/y`))],
    ['[](mailto:a@b.example)', p(a('mailto:a@b.example', 'a@b.example'))],
    ['[](/spaces/7)', p('<a href="/spaces/7">/spaces/7</a>')],
    ['[](http://аррӏе.com)', p(a('http://xn--80ak6aa92e.com'))],
  ])('%j', (text, wanted) => expect(html(text)).toBe(wanted));
  it('one that has words keeps them', () => {
    expect(html(`[.](${at}) [❤️](${at}) [日](${at})`)).toBe(p(`${a(at, '.')} ${a(at, '❤️')} ${a(at, '日')}`));
  });
});
