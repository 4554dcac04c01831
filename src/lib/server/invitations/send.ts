/** Writes new and resent invitations of a space with their mails. */
import { sql } from 'drizzle-orm';
import * as access from '../access';
import { changed, must, type Ctx, type SignedIn, type Statement } from '../context';
import { recordMany } from '../events';
import * as outbox from '../mail/outbox';
import * as memberships from '../memberships';
import { isOpenInvitation, type Settings } from '../schema';
import { forgetDeclined } from './decline';
import * as limits from './limits';
import { expiryOf } from './links';
import { invitationMail, wordsForRecipients, type InviteForm, type ToSend } from './mail';
import { actorMayInvite } from './rule';
import { domainFits } from '../settings';

/** @param form new words for resent ones, which otherwise keep theirs. @returns false if somebody else was faster */
export async function send(
  ctx: SignedIn,
  target: access.FoundSpace,
  site: Settings,
  rows: ToSend[],
  form: InviteForm | null = null,
  key: string | null = null,
): Promise<boolean> {
  const usual = memberships.endOf(ctx, await memberships.defaultDay(ctx));
  const accessEndsAt = form?.accessEnds === undefined ? usual : memberships.endOf(ctx, form.accessEnds);
  const expiresAt = expiryOf(ctx, site);
  const wordsFor = await wordsForRecipients(ctx, target, rows);
  const mails = await outbox.queueMany(
    ctx,
    rows.map((i) => ({
      to: i.address.original,
      locale: i.words.locale,
      spaceId: target.id,
      invitationId: i.id,
      countedOn: limits.countersOf(ctx, target.id, i.address.email),
      message: invitationMail(ctx, target, site, { ...wordsFor(i), ...i, expiresAt }),
    })),
  );
  const { done } = await ctx.commit(
    [
      actorMayInvite(ctx, target.id),
      outbox.dropWaiting(
        ctx,
        rows.map((i) => i.id),
      ),
      ...limits.count(
        ctx,
        target.id,
        rows.map((i) => i.address.email),
      ),
      ...(form
        ? [
            forgetDeclined(
              ctx,
              target.id,
              rows.map((i) => i.address.email),
            ),
          ]
        : []),
      ...(form
        ? inChunks(
            rows.filter((i) => i.version === 1),
            (chunk) => insertMany(ctx, target.id, form, key, { expiresAt, accessEndsAt }, chunk),
          )
        : []),
      ...inChunks(
        rows.filter((i) => i.version > 1),
        (chunk) => renewMany(ctx, form, key, { expiresAt, accessEndsAt }, chunk),
      ),
      ...mails.statements,
      ...inChunks(rows, (chunk) => [recordEach(ctx, target.id, chunk)]),
    ],
    { refusal: () => null, duplicate: 'lost' },
  );
  return done;
}

/** D1 binds at most 100 parameters and 2 MB a value, so rows go as JSON, a hundred at a time. */
const inChunks = (rows: ToSend[], statements: (chunk: ToSend[]) => Statement[]): Statement[] => {
  const all: Statement[] = [];
  for (let i = 0; i < rows.length; i += 100) all.push(...statements(rows.slice(i, i + 100)));
  return all;
};

const rowsOf = (chunk: ToSend[]) =>
  JSON.stringify(
    chunk.map((i) => ({
      id: i.id,
      email: i.address.email,
      original: i.address.original,
      version: i.version,
    })),
  );

const insertMany = (
  ctx: SignedIn,
  spaceId: number,
  form: InviteForm,
  key: string | null,
  { expiresAt, accessEndsAt }: { expiresAt: number; accessEndsAt: number | null },
  chunk: ToSend[],
) => [
  ctx.db.run(sql`
    insert into invitation (id, kind, space_id, email, email_original, status, version, request_key, subject, message, locale,
      administrator, can_create_spaces, invited_by, created_at, sent_at, expires_at, access_ends_at)
    select json_extract(r.value, '$.id'), 'guest', ${spaceId}, json_extract(r.value, '$.email'),
      json_extract(r.value, '$.original'), 'invited', 1, ${key}, ${form.subject}, ${form.message}, ${form.locale},
      0, 0, ${ctx.actor.id}, ${ctx.now}, ${ctx.now}, ${expiresAt}, ${accessEndsAt}
    from json_each(${rowsOf(chunk)}) r where ${domainFits(sql`json_extract(r.value, '$.email')`)}`),
  must(ctx, changed(chunk.length)),
];

/** A new version ends the old links. Each row must still have the previous one. */
const renewMany = (
  ctx: SignedIn,
  form: InviteForm | null,
  key: string | null,
  { expiresAt, accessEndsAt }: { expiresAt: number; accessEndsAt: number | null },
  chunk: ToSend[],
) => [
  ctx.db.run(sql`
    update invitation set status = 'invited', version = version + 1, request_key = ${key}, sent_at = ${ctx.now}, expires_at = ${expiresAt},
      ${form ? sql`subject = ${form.subject}, message = ${form.message}, locale = ${form.locale},` : sql``}
      access_ends_at = ${
        form
          ? sql`${accessEndsAt}`
          : // Whose end has passed meanwhile gets the usual one: a new link is to be of use.
            sql`iif(access_ends_at <= ${ctx.now}, ${accessEndsAt}, access_ends_at)`
      },
      invited_by = ${ctx.actor.id}
    where ${isOpenInvitation()} and (id, version) in
      (select json_extract(value, '$.id'), json_extract(value, '$.version') - 1 from json_each(${rowsOf(chunk)}))
      and ${domainFits(sql`invitation.email`)}`),
  must(ctx, changed(chunk.length)),
];

const recordEach = (ctx: Ctx, spaceId: number, chunk: ToSend[]): Statement =>
  recordMany(
    ctx,
    chunk.map((i) => ({
      kind: i.version > 1 ? ('invitation.resent' as const) : ('invitation.sent' as const),
      subject: `invitation:${i.id}`,
      detail: { email: i.address.email },
    })),
    spaceId,
  );
