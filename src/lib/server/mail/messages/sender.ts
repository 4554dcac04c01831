/** The name beside our address. Mail programs often show nothing else, so it must not pass for somebody else's. */
import type { Translate } from '../../../messages';
import { displayName, type Person } from '../../../people';
import { firstCharacters, oneLine } from '../../../text';

const LONGEST = 60;
/** "boss@bank.example" would look like the sender's address. */
const LIKE_AN_ADDRESS = /[@\uff20\ufe6b]|:\/\//;
/** What stands in brackets is ours: nobody can write "(via …)" or hide that they are a guest. */
const BRACKETS = /[()[\]{}<>（）［］｛｝＜＞]+/g;

/** "Ben Kowalski (via Foyer)", "Mia Ito (guest, Northwind) via Foyer"; of nobody, the site's name. */
export function senderName(t: Translate, site: string, person: Person | undefined): string {
  const name = person ? own(person.name) : '';
  if (!person || !name) return short(site);
  const from = { name: displayName(t, { ...person, name, company: own(person.company) }), site: short(site) };
  return person.guest ? t('mail.from-guest', from) : t('mail.from', from);
}

const own = (words = ''): string => (LIKE_AN_ADDRESS.test(words) ? '' : short(words.replace(BRACKETS, ' ')));

function short(words: string): string {
  const line = oneLine(words);
  const begun = firstCharacters(line, LONGEST).trimEnd();
  return begun.length < line.length ? `${begun}…` : line;
}
