/** A text as its reader may see it: where guests are hidden, mentions of others are cut, except in one's own texts. */
import { hidesMention, type Reader } from '../access';
import type { Mention } from '../schema';
import * as grammar from './grammar';

/** The author is null for texts of the space itself. */
export interface Written {
  mentions: Mention[];
  authorId: string | null;
}

export const readable = (reader: Reader, text: Written & { body: string }) =>
  grammar.without(text.body, text.mentions, hidesMention(reader, text.authorId));

export const bodyFor = (reader: Reader, text: Written & { body: string }): string =>
  readable(reader, text).text;

export const titleFor = (reader: Reader, text: Written & { title: string }): string =>
  grammar.without(text.title, text.mentions, hidesMention(reader, text.authorId), 'title').text;
