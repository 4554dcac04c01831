import type { Token } from 'markdown-it';
import { normalize } from '../../normalize';

export const escaped = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** They would change the direction of our own words. No text needs them: every block has its own direction (app.css). */
export const DISGUISES = /[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export const visible = /[^\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]|\p{Co}/u;

export const wellFormed = (text: string) => normalize(text.toWellFormed(), 'NFC');

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
