/** Reports of the mail service: a mail was delivered, or came back. Whoever sent an invitation hears of that. */
import { eq, sql } from 'drizzle-orm';
import * as v from 'valibot';
import { HOUR, MINUTE, SECOND } from '../../time';
import { changed, must, type Ctx, type MailConfig } from '../context';
import { Refusal } from '../errors';
import { record, system } from '../events';
import { overMail } from '../invitations';
import * as outbox from '../mail/outbox';
import { isSignedBy, publicKey, signatureOf } from '../mail/transport';
import * as rateLimit from '../rate-limit';
import { invitation, mail, webhookKey } from '../schema';

/** A repeated report changes nothing anyway; this bounds for how long somebody could repeat one. */
const FRESH = 5 * MINUTE;
const PATIENCE = 5 * SECOND;
/**
 * A signature can name any key, and anybody can post one. So in an hour one address has a few asked for, each of them twice at most (the first
 * answer may have failed); all together only so many that no single stranger keeps the service's own key from being learned.
 */
const KEYS_AN_HOUR = { ofClient: 5, same: 2, all: 500 };
const MOST = 1_000;

/** `campaign_id` is the id of our mail. What else a report says is not needed. */
const report = v.object({
  event: v.string(),
  campaign_id: v.optional(v.string(), ''),
  customer_handle: v.optional(v.string()),
  reason: v.optional(v.string(), ''),
});
const reports = v.pipe(v.array(report), v.maxLength(MOST));
export type Report = v.InferOutput<typeof report>;

/** @throws Refusal unless MailChannels has signed exactly this, just now */
export async function receive(ctx: Ctx, headers: Headers, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const signed = signatureOf(headers);
  if (!signed || Math.abs(ctx.now - signed.created) > FRESH) throw new Refusal('forbidden');
  const key = await keyOf(ctx, signed.keyId);
  if (!key || !(await isSignedBy(key, signed, body))) throw new Refusal('forbidden');
  let said: unknown;
  try {
    said = JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Refusal('invalid');
  }
  const parsed = v.safeParse(reports, said);
  if (!parsed.success) throw new Refusal('invalid');
  await apply(ctx, parsed.output.filter(isOurs(ctx.config.mail)));
}

/** MailChannels signs the reports of all its customers with the same key. */
const isOurs = (config: MailConfig) => (one: Report) =>
  config.transport !== 'mailchannels' ||
  config.customerHandle === undefined ||
  one.customer_handle === config.customerHandle;

async function keyOf(ctx: Ctx, id: string): Promise<string | null> {
  const [known] = await ctx.db.select().from(webhookKey).where(eq(webhookKey.id, id));
  if (known) return known.key;
  const config = ctx.config.mail;
  if (config.transport !== 'mailchannels') return null;
  const counts: [of: string, most: number][] = [
    [`client:${rateLimit.clientIpGroup(ctx.ip)}`, KEYS_AN_HOUR.ofClient],
    [`id:${id}`, KEYS_AN_HOUR.same],
    ['all', KEYS_AN_HOUR.all],
  ];
  // One after the other: what one refuses uses up nothing of the next.
  for (const [of, most] of counts) {
    const counter = rateLimit.key(ctx, 'post', `webhook-key:${of}`);
    if (!(await rateLimit.countInWindow(ctx, counter, most, HOUR)).length) return null;
  }
  const key = await publicKey(config, id, PATIENCE);
  if (key)
    await ctx.commit([
      ctx.db.insert(webhookKey).values({ id, key, fetchedAt: ctx.now }).onConflictDoNothing(),
    ]);
  return key;
}

/** The order does not matter: what came back stays so. */
export async function apply(ctx: Ctx, list: Report[]): Promise<void> {
  const of = (...events: string[]) =>
    new Map(
      list
        .filter((one) => events.includes(one.event) && /^[a-z2-7]{16}$/.test(one.campaign_id))
        .map((one) => [one.campaign_id, one.reason]),
    );
  const back = of('hard-bounced', 'dropped');
  const arrived = [...of('delivered').keys()].filter((id) => !back.has(id));
  if (arrived.length > 0) await ctx.commit([outbox.delivered(ctx, arrived)]);
  for (const [id, reason] of back) await cameBack(ctx, id, reason);
}

async function cameBack(ctx: Ctx, id: string, reason: string): Promise<void> {
  const [found] = await ctx.db
    .select({ invitation })
    .from(mail)
    .leftJoin(invitation, sql`${invitation.id} = ${mail.invitationId} and ${invitation.status} = 'invited'`)
    .where(sql`${mail.id} = ${id} and ${mail.status} in ('queued', 'sending', 'sent')`);
  if (!found) return;
  const i = found.invitation;
  const told = i && (await overMail(ctx, i, { what: 'bounced', reason }));
  await ctx.commit(
    [
      outbox.bounced(ctx, id, reason),
      must(ctx, changed()),
      i &&
        record(ctx, {
          kind: 'invitation.bounced',
          subject: `invitation:${i.id}`,
          detail: { email: i.email },
          spaceId: i.spaceId,
          over: { id: i.id, kind: 'bounce', inviterId: i.invitedBy },
          by: system,
        }),
      told?.statement,
    ],
    // Somebody else was told the same.
    { refusal: () => null },
  );
}
