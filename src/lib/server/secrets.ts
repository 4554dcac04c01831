/** Whether a chosen secret resists guessing. Messages name the problem, never the secret. */

/** From examples, tutorials and habit; removed before measuring the rest. */
const WELL_KNOWN =
  /secret|passw(?:or)?d|passphrase|token|set-?up|foyer|example|sample|dummy|placeholder|change|replace|insert|enter|your|this|here|with|random|string|value|test(?:ing)?|demo|admin|root|default|correct|horse|battery|staple|quick|brown|fox|jump(?:s|ed)?|over|lazy|dog|hello|world|trust|monkey|dragon|love|sunshine|princess|football|baseball|summer|winter|spring|autumn|company|portal|guest|cloudflare|worker|openssl|rand|base64|django|insecure|process|env|undefined|null|todo|fixme|the|and|for|not|local(?:host)?|prod(?:uction)?|dev(?:elopment)?|letmein|welcome|please|long|very|characters?|super|key|qwert[yz](?:uiop)?|asdf(?:ghjkl)?|[yz]xcv(?:bnm)?|xxx+|lorem|ipsum|dolor/gi;

/** Well-known values: letters and digits in lower case. */
const PUBLIC = [
  // Digits of π, e, √2, √3, the golden ratio, γ, and number sequences.
  '314159265358979323846264338327950288419716939937510582097494459230781640628620899',
  '271828182845904523536028747135266249775724709369995957496696762772',
  '141421356237309504880168872420969807856967187537694807317667973799',
  '173205080756887729352744634150587236694280525381038062805580697945',
  '161803398874989484820458683436563811772030917980576286213544862270',
  '057721566490153286060651209008240243104215933593992',
  '112358132134558914423337761098715972584418167651094617711',
  '2357111317192329313741434753596167717379838997101103107',
  // MD5, SHA-1 and SHA-2 of nothing and of common words.
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '5f4dcc3b5aa765d61d8327deb882cf99',
  '5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8',
  '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8',
  '5ebe2294ecd0e0f08eab7690d2a6ee69',
  'e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4',
  '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b',
  '098f6bcd4621d373cade4e832627b4f6',
  'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '21232f297a57a5a743894a0e4a801fc3',
  'd033e22ae348aeb5660fc2140aec35850c4da997',
  '8c6976e5b5410415bde908bd4dee15dfb167a9c873fc4bb8a81f6f2ab448a918',
  '5d41402abc4b2a76b9719d911017c592',
  'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d',
  '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  '4cb9c8a8048fd02294477fcb1a41191a',
  'fa9beb99e4029ad5a6615399e7bbae21356086b3',
  '057ba03d6c44104863dc7361fe4578965d1887360f90a0895882e58a6248fc86',
  '114ad31ac075d8bd46cd7617857df432',
  '35d9f3ff6f09411533e91f996e0406790e6a574d',
  '92aebb27a9b79e225fd342e113981e8a53a1ec7550778f57efd91f1228fda4f3',
  'e10adc3949ba59abbe56e057f20f883e',
  '7c4a8d09ca3762af61e59520943dc26494f8941b',
  '8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
  '38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b',
  // Ids and digits from standards.
  '550e8400e29b41d4a716446655440000',
  '123e4567e89b12d3a456426614174000',
  '258eafa5e91447da95cac5ab0dc85b11',
  '6ba7b8109dad11d180b400c04fd430c8',
  '243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89',
  'deadbeefcafebabe',
].join(' ');

const NO_ACCIDENT = 16;

export function weakness(secret: string, minLength: number): string | null {
  const text = secret.trim().slice(0, 200);
  if (text.length < minLength) return `is shorter than ${minLength} characters`;
  // A placeholder that should have been replaced.
  if (/\$[({]|`|\{\{|^[<[%].*[>\]%]$|^\$\w+$/.test(text))
    return 'is a command or a variable, not what it stands for';
  if (/\s/.test(text)) return 'has blanks in it';
  return fault(text, minLength);
}

function fault(text: string, minLength: number): string | null {
  const weak = pattern(text, minLength);
  if (weak) return weak;
  const bare = text.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (isPublic(bare)) return 'is a number or a hash that everybody can look up';
  const keyboard = types(text);
  // Of an example value only a few separators and digits are left.
  const undated = text.replace(DATES, ' ');
  if (!keyboard && [text, undated, lettered(undated)].some((one) => ownLength(one) < minLength / 2))
    return 'is made of well-known words or dates';
  if (!keyboard && isProse(text)) return 'is made of words';
  for (const bytes of decoded(text)) {
    const within = bytes.trim();
    const least = (minLength * bytes.length) / text.length;
    const weakWithin = /^[ -~]*$/.test(within)
      ? fault(within, least)
      : (pattern(bytes, least) ?? (isPublic(hexOf(bytes)) ? 'is a hash that everybody can look up' : null));
    if (weakWithin) return `${weakWithin}, once it is decoded`;
  }
  // Last, because the digits of consecutive bytes are also neighbours on the keyboard.
  return keyboard ? 'runs along the keyboard' : null;
}

const ownLength = (text: string): number =>
  text.replace(WELL_KNOWN, '').replace(/[^\p{L}\p{N}]/gu, '').length;

const DATES =
  /(?:19|20)\d\d[-./_]?[01]\d[-./_]?[0-3]\d|T?[0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g;

/** Used as letters: P@ssw0rd. */
const SIGNS: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  '5': 's',
  $: 's',
  '7': 't',
};
const lettered = (text: string): string => text.replace(/[@431!05$7]/g, (sign) => SIGNS[sign]!);

/** The hundred most frequent pairs in English. They also cover more than half of Latin, French, German and romanized Japanese. */
const PAIRS = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce ' +
    'li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ' +
    'ol rt po we na ul ni ts mo ow pa im mi ai'
  ).split(' '),
);

/** About one in 40,000 texts of 32 random letters has so many of these pairs, and none in base64. */
function isProse(text: string): boolean {
  const pairs = [...text.toLowerCase().matchAll(/[a-z](?=([a-z]))/g)].map(
    ([first, second]) => first + second!,
  );
  const known = pairs.filter((pair) => PAIRS.has(pair)).length;
  return pairs.length >= Math.max(20, text.length * 0.6) && known > pairs.length / 2;
}

function pattern(text: string, minLength: number): string | null {
  // Of 32 random hexadecimal digits, one in 100,000 has fewer than 8 different ones.
  if (new Set(text).size < minLength / 4) return 'has too few different characters';
  if (repeats(text)) return 'repeats itself';
  if (runs(text)) return 'counts or runs along the alphabet';
  return null;
}

const isPublic = (bare: string): boolean =>
  Array.from({ length: Math.max(0, bare.length - NO_ACCIDENT + 1) }, (_, i) =>
    bare.slice(i, i + NO_ACCIDENT),
  ).some((part) => PUBLIC.includes(part));

const hexOf = (bytes: string): string =>
  Array.from(bytes, (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** From hexadecimal and base64, a character per byte; empty if neither. */
function decoded(text: string): string[] {
  const found: string[] = [];
  if (/^(?:[0-9a-f]{2})+$/i.test(text))
    found.push(text.replace(/../g, (pair) => String.fromCharCode(parseInt(pair, 16))));
  if (/^[\w+/-]+={0,2}$/.test(text)) {
    const digits = text.replaceAll('=', '').replaceAll('-', '+').replaceAll('_', '/');
    // A single digit at the end is not a byte.
    found.push(atob(digits.slice(0, digits.length - (digits.length % 4 === 1 ? 1 : 0))));
  }
  return found;
}

/** Few groups of three characters are new; in random text nearly all are. */
function repeats(text: string): boolean {
  const lower = text.toLowerCase();
  const groups = lower.length - 2;
  const different = new Set(Array.from({ length: groups }, (_, i) => lower.slice(i, i + 3)));
  return different.size < groups * 0.7;
}

/** Most neighbours are equal or consecutive. */
function runs(text: string): boolean {
  let steps = 0;
  for (let i = 1; i < text.length; i++)
    if (Math.abs(text.charCodeAt(i) - text.charCodeAt(i - 1)) <= 1) steps++;
  return steps > text.length / 2;
}

/** On an English keyboard, where each row is a bit further to the right. */
const KEYS = new Map(
  (
    [
      ['1234567890-=', '!@#$%^&*()_+', 0],
      ['qwertyuiop[]', 'QWERTYUIOP{}', 0.5],
      ["asdfghjkl;'", 'ASDFGHJKL:"', 0.75],
      ['zxcvbnm,./', 'ZXCVBNM<>?', 1.25],
    ] as const
  ).flatMap(([plain, shifted, offset], y) =>
    [plain, shifted].flatMap((row) => Array.from(row, (one, i) => [one, { x: i + offset, y }] as const)),
  ),
);

/** From key to neighbouring key, or several in turn: rows, columns, zigzag. */
function types(text: string): boolean {
  const keys = Array.from(text, (one) => KEYS.get(one));
  return [1, 2, 3, 4, 5].some((turns) => {
    let steps = 0;
    for (let i = turns; i < keys.length; i++) {
      const [from, to] = [keys[i - turns], keys[i]];
      if (from && to && Math.hypot(from.x - to.x, from.y - to.y) < 1.2) steps++;
    }
    return keys.length > turns && steps > (keys.length - turns) * 0.7;
  });
}
