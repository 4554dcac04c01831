/** Guests who have left a space or were removed, and ask to be invited again. */
import { sql, type SQL } from 'drizzle-orm';
import { DAY } from '../../time';
import * as access from '../access';
import { changed, must, type SignedIn } from '../context';
import { Refusal } from '../errors';
import { record } from '../events';
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

/** SQL, with an invitation `i`. */
const isWaiting: SQL = sql`(i.dismissed_at is null or i.dismissed_at < i.asked_at)`;

/** The newest first, for a month, or until they are invited or dismissed. */
export const askersQuery = (ctx: SignedIn, spaceId: number) =>
  ctx.db.all<Asker>(sql`
    select i.id, u.name, u.company, u.email, max(i.asked_at) "askedAt"
    from invitation i indexed by invitation_asked
      join user u on u.id = i.accepted_by and u.kind = 'guest' and u.status = 'active'
    where i.space_id = ${spaceId} and i.status = 'accepted'
      and i.asked_at > i.accepted_at and i.asked_at > ${ctx.now - 30 * DAY} and ${isWaiting}
      and not exists (select 1 from membership m where m.space_id = i.space_id and m.user_id = u.id)
      and not exists (select 1 from invitation newer
        where newer.space_id = i.space_id and newer.email in (i.email, u.email) and ${isOpenInvitation('newer')})
    group by u.id order by 5 desc limit ${MOST}`);

const askerOf = async (ctx: SignedIn, spaceId: number, id: string) => {
  await access.requireAdministrator(ctx, spaceId);
  const [found] = await ctx.db.all<{ id: string; email: string; askedAt: number }>(sql`
    select u.id, u.email, i.asked_at "askedAt" from invitation i join user u on u.id = i.accepted_by
    where i.id = ${id} and i.space_id = ${spaceId} and i.asked_at is not null`);
  return found;
};

/** Empty if nobody has asked by this invitation. */
export const askerAddress = async (ctx: SignedIn, spaceId: number, id: string): Promise<string> =>
  (await askerOf(ctx, spaceId, id))?.email ?? '';

/** Takes a person off the list, who is not told; what they ask later stands there again. A second time changes nothing. */
export async function dismissAsker(ctx: SignedIn, spaceId: number, id: string): Promise<void> {
  const asker = await askerOf(ctx, spaceId, id);
  if (!asker) throw new Refusal('missing');
  await ctx.commit(
    [
      access.stillAdministers(ctx, spaceId, { archived: true }),
      ctx.db.run(sql`
        update invitation as i set dismissed_at = ${ctx.now}
        where i.space_id = ${spaceId} and i.accepted_by = ${asker.id} and i.asked_at <= ${asker.askedAt} and ${isWaiting}`),
      must(ctx, changed()),
      record(ctx, {
        kind: 'invitation.ask-dismissed',
        subject: `invitation:${id}`,
        detail: { email: asker.email },
        spaceId,
      }),
    ],
    {
      refusal: async () => {
        await access.requireAdministrator(ctx, spaceId);
        return null;
      },
    },
  );
}
