import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import { changed, must, type Ctx, type Statement } from '../context';
import { hashToken, randomToken } from '../crypto';
import { Refusal } from '../errors';
import { nobody, record } from '../events';
import { loginChallenge } from '../schema';
import { CODES, find, keepStep, subjectOf, type Subject } from './challenge';
import { makeCode, sendNow } from './code';
import { reserveMail, type MailReservation } from './mail-budget';

/**
 * The request tries to deliver the mail for up to 5 s, then leaves it to the queue.
 * @param first statements, each with its `must`, that decide whether it is allowed
 * @param together statements for the same batch as the challenge
 */
export async function begin(
  ctx: Ctx,
  reservation: MailReservation,
  subject: Subject,
  {
    first = [],
    together = [],
    refusal,
  }: { first?: Statement[]; together?: Statement[]; refusal?: Refusal } = {},
): Promise<void> {
  const token = randomToken();
  const id = hashToken(token);
  const code = await makeCode(ctx, reservation, id, subject);
  await ctx.commit(
    [
      ...first,
      ctx.db.insert(loginChallenge).values({
        id,
        purpose: subject.purpose,
        next: subject.next,
        createdAt: ctx.now,
        codesSent: 1,
        ...code.columns,
        ...(subject.purpose === 'login'
          ? { userId: subject.userId }
          : {
              invitationId: subject.invitationId,
              invitationVersion: subject.invitationVersion,
              name: subject.name,
              company: subject.company,
              passwordHash: subject.passwordHash,
              sealedPassword: subject.sealedPassword,
              terms: subject.terms,
            }),
      }),
      code.mail.statement,
      record(ctx, {
        kind: 'account.step-asked',
        subject: subjectOf({
          userId: subject.purpose === 'login' ? subject.userId : null,
          invitationId: subject.purpose === 'signup' ? subject.invitationId : null,
        }),
        detail: { purpose: subject.purpose },
        by: nobody,
      }),
      ...together,
    ],
    { refusal },
  );
  keepStep(ctx, token);
  await sendNow(ctx, code.mail.id);
}

/** The old code stops working at once. */
export async function sendAgain(ctx: Ctx): Promise<void> {
  const found = await find(ctx);
  if (!found) throw new Refusal('conflict', { key: 'verify.gone' });
  const { challenge } = found;
  // Before reserveMail, which counts a mail.
  if (challenge.codesSent >= CODES) throw new Refusal('throttled', { key: 'verify.no-more-codes' });
  const code = await makeCode(ctx, await reserveMail(ctx, challenge.purpose, found.email), challenge.id, {
    purpose: challenge.purpose,
    userId: challenge.userId ?? undefined,
    ...found,
  });
  await ctx.commit(
    [
      ctx.db
        .update(loginChallenge)
        .set({ ...code.columns, codesSent: sql`codes_sent + 1` })
        .where(
          and(
            eq(loginChallenge.id, challenge.id),
            isNull(loginChallenge.consumedAt),
            lt(loginChallenge.codesSent, CODES),
          ),
        ),
      must(ctx, changed()),
      code.mail.statement,
      record(ctx, {
        kind: 'account.step-asked',
        subject: subjectOf(challenge),
        detail: { purpose: challenge.purpose },
        by: nobody,
      }),
    ],
    { refusal: new Refusal('throttled', { key: 'verify.no-more-codes' }) },
  );
  keepStep(ctx, ctx.cookies.get('foyer-step')!);
  await sendNow(ctx, code.mail.id);
}
