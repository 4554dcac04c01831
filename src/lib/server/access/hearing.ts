/**
 * Who hears of what happens, as the room of a space (room.ts) knows people: `inParts` asked from the other side. Whatever sends
 * anything to sockets asks here.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { Actor } from '../context';
import { audienceOf, isForCompany } from './audience';
import { ownerWith } from './stored';
import { seesGuests, stranger } from './visibility';

/** Besides the company, who always hears: all guests, none, or one. */
export type Hearers = 'everybody' | 'company' | `guest:${string}`;

/** SQL: of a row that has stored its audience and owner. @param row its name or alias */
export const hearersOf = (row: string, spaceId: number | SQL): SQL<Hearers> => sql<Hearers>`case
  when ${isForCompany(row)} then 'company'
  when ${sql.raw(row)}.owner_id is null or ${seesGuests(stranger, { spaceId })} then 'everybody'
  else 'guest:' || ${sql.raw(row)}.owner_id end`;

/** SQL: of what somebody does in a thread that leaves no row, such as writing. */
export const hearersIn = (threadId: number, spaceId: number, by: Pick<Actor, 'id' | 'kind'>): SQL<Hearers> =>
  sql<Hearers>`(select ${hearersOf('place', spaceId)}
    from (select ${audienceOf(threadId, null)} as audience, ${ownerWith(threadId, by)} as owner_id) place)`;

/** What somebody's pages listen to. */
export const listensTo = ({ id, kind }: Pick<Actor, 'id' | 'kind'>): string[] =>
  kind === 'user' ? ['company'] : ['guests', `guest:${id}`];

/** What those listen to who may hear. */
export const listeners = (hearers: Hearers): string[] =>
  hearers === 'company' ? ['company'] : ['company', hearers === 'everybody' ? 'guests' : hearers];
