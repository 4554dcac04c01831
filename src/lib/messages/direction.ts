/** What is put into a sentence may run against it. */
export type Direction = 'ltr' | 'rtl';
export type Params = Record<string, string | number>;

const against: Record<Direction, RegExp> = {
  ltr: /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u,
  rtl: /\p{Script=Latin}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Cyrillic}\p{Script=Greek}]/u,
};

/** People's words of the other direction, so that they leave the sentence around them in order (FIRST STRONG ISOLATE). */
export const isolated = (params: Params, direction: Direction): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [
      name,
      typeof value === 'string' && against[direction].test(value) ? `\u2068${value}\u2069` : value,
    ]),
  );
