/** Guests who have left a space or were removed, and ask to be invited again. */
import { sql } from 'drizzle-orm';
import { DAY } from '../../time';
import * as access from '../access';
import type { SignedIn } from '../context';
import { isOpenInvitation } from '../schema';

interface Asker {
  /** Of the invitation that they opened: the form to invite them finds their address by it. */
  id: string;
  name: string;
  company: string;
  email: string;
  askedAt: number;
}

const MOST = 50;

/** The newest first, for a month or until they are invited. */
export const askersQuery = (ctx: SignedIn, spaceId: number) =>
  ctx.db.all<Asker>(sql`
    select i.id, u.name, u.company, u.email, max(i.asked_at) "askedAt"
    from invitation i join user u on u.id = i.accepted_by and u.kind = 'guest' and u.status = 'active'
    where i.space_id = ${spaceId} and i.status = 'accepted'
      and i.asked_at > i.accepted_at and i.asked_at > ${ctx.now - 30 * DAY}
      and not exists (select 1 from membership m where m.space_id = i.space_id and m.user_id = u.id)
      and not exists (select 1 from invitation newer
        where newer.space_id = i.space_id and newer.email in (i.email, u.email) and ${isOpenInvitation('newer')})
    group by u.id order by 5 desc limit ${MOST}`);

/** Empty if nobody has asked by this invitation. */
export async function askerAddress(ctx: SignedIn, spaceId: number, id: string): Promise<string> {
  await access.requireAdministrator(ctx, spaceId);
  const [found] = await ctx.db.all<{ email: string }>(sql`
    select u.email from invitation i join user u on u.id = i.accepted_by
    where i.id = ${id} and i.space_id = ${spaceId} and i.asked_at is not null`);
  return found?.email ?? '';
}
