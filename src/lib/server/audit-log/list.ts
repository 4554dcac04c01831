import { sql, type SQL } from 'drizzle-orm';
import { maskAddress } from '../../addresses';
import type { Sentence } from '../../forms';
import { loadTranslator, type Locale, type Translate } from '../../messages';
import { displayName, type Person } from '../../people';
import type { SignedIn } from '../context';
import * as folded from '../folded';
import * as paging from '../paging';
import { allow } from '../policy';
import { isFailure, kindsOf, sentenceOf, type Group } from './kinds';
import { changesOf } from './settings';

export interface Filter {
  /** Of whoever did it, or to whom it was done. */
  person: string;
  space: string;
  group: Group | null;
  /** Milliseconds; `to` is no longer in it. */
  from: number | null;
  to: number | null;
}

export interface Entry {
  id: number;
  at: number;
  /** Of an hourly row: how often, and when last. */
  count: number;
  lastAt: number | null;
  action: string;
  /** Null: somebody who had not logged in. */
  who: (Person & { email: string; former: boolean }) | null;
  what: Sentence;
  space: string | null;
  ip: string;
  failed: boolean;
}

interface Row {
  id: number;
  at: number;
  count: number;
  lastAt: number | null;
  action: string;
  actorId: string | null;
  actorName: string;
  subject: string;
  spaceId: number | null;
  detail: string;
  ip: string;
  fits: number;
  name: string | null;
  kind: string | null;
  company: string | null;
  email: string | null;
  subjectName: string | null;
  subjectKind: string | null;
  subjectCompany: string | null;
  invited: string | null;
  template: string | null;
  spaceName: string | null;
}

export const PAGE = 50;
/** With more filters than one index knows, a page looks through so many entries and goes on with the next link. */
export const LOOKED_THROUGH = 500;
/** People, or spaces, that a word may mean. */
export const MEANT = 10;

/** Newest first. A page may be empty and still have a next one: then it says until when it has looked. */
export async function list(
  ctx: SignedIn,
  filter: Filter,
  after = '',
): Promise<paging.Page<Entry> & { lookedTo: number | null; tooMany: ('person' | 'space')[] }> {
  allow(ctx, 'site.administer');
  const { person, space } = filter;
  const several = [person, space, filter.group].filter(Boolean).length > 1;
  const size = several ? LOOKED_THROUGH : PAGE;
  const { rows, people, spaces } = await ctx.read({
    rows: ctx.db.all<Row>(entriesQuery(filter, paging.read(after, 'number', 'number'), size)),
    people: ctx.db.all(person ? sql`${peopleMeant(person)} limit ${MEANT + 1}` : sql`select 1 where 0`),
    spaces: ctx.db.all(space ? sql`${spacesMeant(space)} limit ${MEANT + 1}` : sql`select 1 where 0`),
  });
  const t = await loadTranslator(ctx.locale);
  const looked = rows.slice(0, size);
  const fitting = paging.paged(
    looked.filter((row) => row.fits),
    PAGE,
    keyOf,
  );
  const last = looked.at(-1);
  const cut = fitting.next === null && rows.length > size && last ? last : null;
  return {
    rows: fitting.rows.map((row) => entryOf(t, ctx.locale, row)),
    next: cut ? paging.write(keyOf(cut)) : fitting.next,
    lookedTo: several && cut ? cut.at : null,
    tooMany: [
      ...(people.length > MEANT ? (['person'] as const) : []),
      ...(spaces.length > MEANT ? (['space'] as const) : []),
    ],
  };
}

const keyOf = (row: Row): paging.Key => [row.at, row.id];

/** A word, or one person: `user:<id>`. */
const peopleMeant = (typed: string): SQL => {
  const [, id] = /^user:([a-z2-7]{16})$/.exec(typed) ?? [];
  return id === undefined
    ? sql`select id from user where ${folded.isPerson(typed) ?? sql`0`} order by email`
    : sql`select ${id} as id`;
};
const spacesMeant = (typed: string): SQL =>
  sql`select id from space where ${folded.isSpace(typed) ?? sql`0`} order by id`;

/** SQL: the entries that one index knows, newest first; `fits` says which the other filters leave. */
function entriesQuery(filter: Filter, last: [number, number] | null, size: number): SQL {
  const { person, space, group, from, to } = filter;
  const within = sql`${from === null ? sql`1` : sql`at >= ${from}`} and ${to === null ? sql`1` : sql`at < ${to}`}
    and ${last ? sql`(at, id) < (${last[0]}, ${last[1]})` : sql`1`}`;
  const newest = (where: SQL): SQL =>
    sql`select id from audit_entry where ${where} and ${within} order by at desc, id desc limit ${size + 1}`;
  const each = (keys: SQL, where: SQL): SQL => sql`
    select e.id, e.at from (${keys}) k cross join audit_entry e on e.id in (${newest(where)})`;
  const people = sql`${peopleMeant(person)} limit ${MEANT}`;
  const spaces = sql`${spacesMeant(space)} limit ${MEANT}`;
  const actions = sql`select value as id from json_each(${JSON.stringify(group ? kindsOf(group) : [])})`;
  const found = person
    ? sql`${each(people, sql`actor_id = k.id`)} union ${each(people, sql`subject = 'user:' || k.id`)}`
    : space
      ? each(spaces, sql`space_id = k.id`)
      : group
        ? each(actions, sql`action = k.id`)
        : sql`select id, at from audit_entry where ${within}`;
  return sql`
    select e.id, e.at, e.count, e.last_at "lastAt", e.action, e.actor_id "actorId", e.actor_name "actorName", e.subject,
      e.space_id "spaceId", e.detail, e.ip,
      ${space ? sql`coalesce(e.space_id in (select id from (${spaces})), 0)` : sql`1`}
        and ${group ? sql`e.action in (${actions})` : sql`1`} as fits,
      a.name, a.kind, a.company, a.email,
      s.name "subjectName", s.kind "subjectKind", s.company "subjectCompany",
      i.email invited, p.name template, r.name "spaceName"
    from (select id, at from (${found}) order by at desc, id desc limit ${size + 1}) f
      cross join audit_entry e on e.id = f.id
      left join user a on a.id = e.actor_id
      left join user s on e.subject glob 'user:*' and s.id = substr(e.subject, 6)
      left join invitation i on e.subject glob 'invitation:*' and i.id = substr(e.subject, 12)
      left join space_template p on e.subject glob 'template:*' and p.id = substr(e.subject, 10)
      left join space r on r.id = e.space_id
    order by e.at desc, e.id desc`;
}

function entryOf(t: Translate, locale: Locale, row: Row): Entry {
  const detail = JSON.parse(row.detail) as Record<string, unknown>;
  const said = (key: string) => (typeof detail[key] === 'string' ? detail[key] : '');
  return {
    id: row.id,
    at: row.at,
    count: row.count,
    lastAt: row.lastAt,
    action: row.action,
    who: whoOf(row),
    what: {
      key: sentenceOf(row.action),
      params: {
        subject: subjectOf(t, row, said),
        what:
          row.action === 'setting.changed'
            ? changesOf(t, locale, detail)
            : row.action === 'account.terms-accepted'
              ? String(detail.version ?? '')
              : '',
        action: row.action,
      },
    },
    space:
      row.spaceId === null
        ? null
        : row.spaceName ||
          (row.action.startsWith('space.') && said('name')) ||
          t('audit.gone-space', { id: String(row.spaceId) }),
    ip: row.ip,
    failed: isFailure(row.action),
  };
}

function whoOf(row: Row): Entry['who'] {
  if (row.actorId === null && !row.actorName) return null;
  return {
    name: row.name ?? row.actorName,
    guest: row.kind === 'guest',
    company: row.company ?? '',
    email: row.email && row.name ? maskAddress(row.email) : '',
    // Whoever was erased is called so already.
    former: row.actorId !== null && row.name === null,
  };
}

/** In a sentence. An invitation has no other name than its address; nobody else's is needed here. */
function subjectOf(t: Translate, row: Row, said: (key: string) => string): string {
  if (row.subjectName !== null)
    return displayName(t, {
      name: row.subjectName,
      guest: row.subjectKind === 'guest',
      company: row.subjectCompany ?? '',
    });
  const [, what, id = ''] = /^(\w+):(.*)$/.exec(row.subject) ?? [];
  switch (what) {
    case 'user':
      return t('audit.former');
    case 'invitation':
      return row.invited || said('email') || t('audit.former');
    case 'template':
      return row.template ?? (said('name') || id);
    case 'unknown':
      return t('audit.unknown-name', { id });
    case 'address':
      return t('audit.network', { id });
    default:
      return t('audit.several');
  }
}
