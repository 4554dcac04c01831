/** Characters and plain words: what is escaped, what is removed, what can be seen. */
import type { Token } from 'markdown-it';
import { normalize } from '../../normalize';

export const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/**
 * Control characters, and characters that change the direction of what follows, including our own words. They are removed.
 * No text needs them, because every block has its own direction (app.css).
 */
export const DISGUISES = /[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Anything but blanks, control characters and other invisible ones. */
export const visible = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]|\p{Co}/u;

export const wellFormed = (text: string) => normalize(text.toWellFormed(), 'NFC');

/** The words of inline tokens, without markup. */
export const wordsOf = (tokens: Token[]): string =>
  tokens
    .map((token) =>
      token.type === 'softbreak' || token.type === 'hardbreak'
        ? ' '
        : token.type === 'image'
          ? wordsOf(token.children ?? [])
          : token.content,
    )
    .join('');
