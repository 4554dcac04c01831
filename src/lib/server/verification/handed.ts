/** Codes that an administrator hands to somebody whom no e-mail reaches. One for each person, for their next second step; its hash is kept as that of a mailed one. */
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { normalize } from '../../normalize';
import { MINUTE } from '../../time';
import { changed, must, type Ctx, type Statement } from '../context';
import { keyedBytes, keyedHash, randomToken, type Secret } from '../crypto';
import { handedCode, type Settings } from '../schema';
import { TRIES } from './challenge';

const DIGITS = 8;

/** Eight digits, so that it is never taken for a mailed code. Null: this cannot be one. */
export function handedOf(typed: string): string | null {
  const code = normalize(typed, 'NFKC').replace(/[\s\p{Pd}\p{Default_Ignorable_Code_Point}\u2212]/gu, '');
  return new RegExp(`^[0-9]{${DIGITS}}$`).test(code) ? code : null;
}

export const handedHash = (secret: Secret, userId: string, codeKey: string, code: string): string =>
  keyedHash(secret, 'handed-code', `${userId}:${codeKey}:${code}`);

/** Follows from the form's key: posted twice, it is the same code. */
function codeFrom(ctx: Ctx, userId: string, formKey: string): string {
  const bytes = keyedBytes(ctx.config.secret, 'new-handed-code', `${userId}:${formKey}`);
  const number = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0);
  return String(number % 10n ** BigInt(DIGITS)).padStart(DIGITS, '0');
}

/** @returns the code, and what makes it valid instead of the one before. Its hash is in KV already. */
export async function makeHanded(
  ctx: Ctx,
  userId: string,
  formKey: string,
  { codeMinutes }: Pick<Settings, 'codeMinutes'>,
): Promise<{ code: string; expiresAt: number; statement: Statement }> {
  const code = codeFrom(ctx, userId, formKey);
  const codeKey = `handed:${randomToken()}`;
  const valid = codeMinutes * MINUTE;
  await ctx.kv.put(codeKey, handedHash(ctx.config.secret, userId, codeKey, code), {
    expirationTtl: valid / 1000,
  });
  const columns = { codeKey, tries: 0, createdAt: ctx.now, expiresAt: ctx.now + valid };
  return {
    code,
    expiresAt: columns.expiresAt,
    statement: ctx.db
      .insert(handedCode)
      .values({ userId, ...columns })
      .onConflictDoUpdate({ target: handedCode.userId, set: columns }),
  };
}

/** Counts a try. No row: there is no code, or it has ended. */
export const tryHanded = (ctx: Ctx, userId: string) =>
  ctx.db
    .update(handedCode)
    .set({ tries: sql`tries + 1` })
    .where(and(eq(handedCode.userId, userId), gt(handedCode.expiresAt, ctx.now), lt(handedCode.tries, TRIES)))
    .returning({ codeKey: handedCode.codeKey, tries: handedCode.tries });

export const giveBackHanded = (ctx: Ctx, userId: string): Statement =>
  ctx.db
    .update(handedCode)
    .set({ tries: sql`max(0, tries - 1)` })
    .where(eq(handedCode.userId, userId));

/** Once, and only while no other has replaced it. */
export const useHanded = (ctx: Ctx, userId: string, codeKey: string): Statement[] => [
  ctx.db
    .delete(handedCode)
    .where(
      and(eq(handedCode.userId, userId), eq(handedCode.codeKey, codeKey), gt(handedCode.expiresAt, ctx.now)),
    ),
  must(ctx, changed()),
];

export const endHanded = (ctx: Ctx, userId: string): Statement =>
  ctx.db.delete(handedCode).where(eq(handedCode.userId, userId));

/** Until when a code of this person is valid. For a batch. */
export const handedUntil = (ctx: Ctx, userId: string) =>
  ctx.db
    .select({ until: handedCode.expiresAt })
    .from(handedCode)
    .where(
      and(eq(handedCode.userId, userId), gt(handedCode.expiresAt, ctx.now), lt(handedCode.tries, TRIES)),
    );

export const purgeHanded = (ctx: Ctx): Statement =>
  ctx.db.run(sql`delete from handed_code where user_id in
    (select user_id from handed_code where expires_at <= ${ctx.now} limit 500)`);
