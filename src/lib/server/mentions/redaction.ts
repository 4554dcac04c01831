/** A text as its reader may see it: where guests are hidden, mentions of other guests are cut, except in the reader's own texts. */
import { hidesMention, type Reader } from '../access';
import type { Mention } from '../schema';
import * as grammar from './grammar';

/** Whom a text names, and who wrote it; null for texts of the space itself. */
export interface Written {
  mentions: Mention[];
  authorId: string | null;
}

/** The body for its reader, with the remaining mentions at their new places. */
export const readable = (reader: Reader, text: Written & { body: string }) =>
  grammar.without(text.body, text.mentions, hidesMention(reader, text.authorId));

/** The body of a text for its reader. */
export const bodyFor = (reader: Reader, text: Written & { body: string }): string =>
  readable(reader, text).text;

/** The title of a thread for its reader. */
export const titleFor = (reader: Reader, text: Written & { title: string }): string =>
  grammar.without(text.title, text.mentions, hidesMention(reader, text.authorId), 'title').text;
