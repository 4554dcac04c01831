/** A text as its reader may have it: where guests are hidden, the mentions of other guests are cut, but not from their own words. */
import { hidesMention } from '../access';
import type { Mention } from '../schema';
import * as grammar from './grammar';

/** Who reads, and whether other guests exist for them in this space (`FoundSpace.seesGuests`). */
export interface Reader {
  id: string;
  seesGuests: boolean;
}

/** Whom a text names, and who wrote it; null: the space's administrators, for everybody. */
export interface Written {
  mentions: Mention[];
  authorId: string | null;
}

const hidden = (reader: Reader, { authorId }: Written) =>
  hidesMention(reader.id, reader.seesGuests, authorId);

/** The body with the mentions that are left, at the places where they are now. */
export const readable = (reader: Reader, text: Written & { body: string }) =>
  grammar.without(text.body, text.mentions, hidden(reader, text));

/** The body of a text for its reader. */
export const bodyFor = (reader: Reader, text: Written & { body: string }): string =>
  readable(reader, text).text;

/** The title of a thread for its reader. */
export const titleFor = (reader: Reader, text: Written & { title: string }): string =>
  grammar.without(text.title, text.mentions, hidden(reader, text), 'title').text;
