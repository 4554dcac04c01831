import { describe, expect, it } from 'vitest';
import { tidyPath, tidyToken } from './tokens';

describe('a link with something around it', () => {
  const whole = 'abcdefgh234567ij'.repeat(3);
  it.each([
    `${whole}.`,
    `${whole})`,
    `${whole}>`,
    `${whole},`,
    `${whole}"`,
    `${whole}\u201d`,
    `${whole} `,
    `${whole}\u00a0`,
    ` ${whole}`,
    `<${whole}>`,
    `${whole}=`,
    `${whole.slice(0, 20)}=\r\n${whole.slice(20)}`,
    `${whole.slice(0, 20)} ${whole.slice(20)}`,
    `${whole.slice(0, 20)}\u200b${whole.slice(20)}`,
    `${whole}. Please sign up`,
    `${whole}&utm_source=mail`,
    whole.toUpperCase(),
    whole,
  ])('%j is found', (arrived) => expect(tidyToken(arrived, 'signup')).toBe(whole));

  it.each(['', whole.slice(0, -1), `${whole}a`, `${whole}0`, 'nonsense', `${'a '.repeat(300)}${whole}`])(
    '%j is none',
    (arrived) => expect(tidyToken(arrived, 'signup')).toBeNull(),
  );

  it('leads there, once, whichever link it is', () => {
    expect(tidyPath('signup', `${whole}.`)).toBe(`/signup/${whole}`);
    expect(tidyPath('signup', whole)).toBeNull();
    expect(tidyPath('unsubscribe', `<${whole}>`)).toBe(`/unsubscribe/${whole}`);
    expect(tidyPath('reset', `${whole.slice(0, 40)})`)).toBe(`/reset/${whole.slice(0, 40)}`);
    expect(tidyPath('reset', `${whole})`)).toBeNull();
  });
});
