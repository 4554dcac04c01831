/** The password once more, for what a session that somebody else got hold of must not do: another address, and no account. */
import type { SignedIn } from '../context';
import { checkAll } from '../errors';
import * as rateLimit from '../rate-limit';
import { checkPassword } from './login';

interface Typed {
  field: 'current' | 'ownPassword';
  /** Undefined: nothing was typed, which the schema says. */
  password: string | undefined;
  formKey?: string;
}

/**
 * Names all faults of the form at once. A wrong password counts as an attempt, whatever else is wrong; a right one does not.
 * @returns `giveBack` for a right one that led to nothing
 */
export async function proved(
  ctx: SignedIn,
  { field, password, formKey }: Typed,
  ...others: (() => unknown)[]
) {
  const right: Awaited<ReturnType<typeof checkPassword>>[] = [];
  const { email } = ctx.actor;
  const giveBack = () => ctx.commit(right.map(({ tried }) => rateLimit.settleNeutral(ctx, tried)));
  await checkAll(
    async () =>
      password !== undefined &&
      right.push(await checkPassword(ctx, { email, password, formKey }, 'me.wrong-password', field)),
    ...others,
  ).catch(async (refused) => {
    await giveBack();
    throw refused;
  });
  return { right: right[0], giveBack };
}
