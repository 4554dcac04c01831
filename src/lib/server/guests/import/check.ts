/** What can be said of each line before it is sent. Whether somebody may be invited is decided by the rule, when they are. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { fitsDomains, parseAddress, type Address } from '../../../addresses';
import { fold } from '../../../fold';
import { isLocale, LOCALES, locales, type Locale, type MessageKey, type Params } from '../../../messages';
import { limits } from '../../../schemas';
import { characters } from '../../../text';
import * as access from '../../access';
import type { SignedIn } from '../../context';
import * as folded from '../../folded';
import { membership, space } from '../../schema';
import * as settings from '../../settings';
import type { Line } from './lines';

export interface Fault {
  field: 'email' | 'space' | 'language' | 'message';
  key: MessageKey;
  params?: Params;
}

export interface Checked {
  line: Line;
  /** Null if it can be sent, or was. */
  fault: Fault | null;
  /** Whom, where and how, if it can be sent. */
  ready: { address: Address; spaceId: number; spaceName: string; locale: Locale } | null;
}

const language = (typed: string, otherwise: Locale): Locale | null => {
  const word = fold(typed).trim();
  if (word === '') return otherwise;
  const [tag = ''] = word.split(/[-_]/);
  if (isLocale(tag)) return tag;
  const called: Record<string, Locale> = { english: 'en', 英語: 'en', japanese: 'ja' };
  return called[word] ?? locales.find((one) => fold(LOCALES[one].name) === word) ?? null;
};

interface Found {
  id: number;
  name: string;
  folded: string;
  archived: boolean;
}

/** The spaces that the actor runs, of those that the lines name. */
async function spacesOf(ctx: SignedIn, lines: Line[]): Promise<Found[]> {
  const typed = [...new Set(lines.map((line) => line.space.trim()).filter(Boolean))];
  const names = JSON.stringify(typed.map(folded.sought));
  const numbers = JSON.stringify(typed.map(numberOf).filter((id) => id !== null));
  return ctx.db
    .select({
      id: space.id,
      name: space.name,
      folded: folded.spaceKey.as('key'),
      archived: sql<number>`archived_at is not null`.mapWith(Boolean).as('archived'),
    })
    .from(membership)
    .innerJoin(space, and(eq(space.id, membership.spaceId), isNull(space.deletedAt)))
    .where(
      and(
        eq(membership.userId, ctx.actor.id),
        access.administersHere(ctx),
        sql`(${space.id} in (select value from json_each(${numbers})) or ${folded.spaceKey} in (select value from json_each(${names})))`,
      ),
    );
}

/** Also `/spaces/7`, as it is copied from the address of the space. */
const numberOf = (typed: string): number | null => {
  const [, digits] = /^(?:(?:https?:\/\/\S+)?\/spaces\/|#)?(\d{1,15})(?:\/\S*)?$/.exec(typed) ?? [];
  return digits === undefined ? null : Number(digits);
};

export async function check(ctx: SignedIn, lines: Line[]): Promise<Checked[]> {
  const [found, site] = [await spacesOf(ctx, lines), await settings.read(ctx)];
  const seen = new Set<string>();
  return lines.map((line) => {
    const faulty = (field: Fault['field'], key: MessageKey, params?: Params): Checked => ({
      line,
      fault: { field, key, params },
      ready: null,
    });
    const address = parseAddress(line.email);
    const typed = line.space.trim();
    const meant = found.filter(
      ({ id, folded: name }) => id === numberOf(typed) || name === folded.sought(typed),
    );
    const [one, other] = meant.length > 1 ? meant.filter(({ id }) => id === numberOf(typed)) : meant;
    const same = `${address?.email} ${one?.id}`;
    const twice = seen.has(same);
    seen.add(same);
    if (line.outcome && line.outcome.result !== 'refused') return { line, fault: null, ready: null };
    if (line.outcome)
      return faulty(
        line.outcome.reason === 'import.unknown-space' ? 'space' : 'email',
        line.outcome.reason as MessageKey,
        {
          when: line.outcome.at ?? '',
          email: line.email,
        },
      );
    if (!address) return faulty('email', line.email.trim() ? 'address.malformed' : 'address.missing');
    if (site.allowedDomains.length > 0 && !fitsDomains(site.allowedDomains, address.email))
      return faulty('email', 'import.domain');
    if (!typed) return faulty('space', 'import.no-space');
    if (meant.length > 1 && (!one || other)) return faulty('space', 'import.several-spaces');
    if (!one) return faulty('space', 'import.unknown-space');
    if (one.archived) return faulty('space', 'import.archived');
    const locale = language(line.language, ctx.locale);
    if (!locale) return faulty('language', 'import.unknown-language');
    if (characters(line.message) > limits.message)
      return faulty('message', 'form.too-long', { max: limits.message });
    if (twice) return faulty('email', 'import.twice');
    return { line, fault: null, ready: { address, spaceId: one.id, spaceName: one.name, locale } };
  });
}
