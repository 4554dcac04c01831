/** Signing in, as the forms do. */
import * as accounts from '../src/lib/server/accounts';
import * as invitations from '../src/lib/server/invitations';
import * as verification from '../src/lib/server/verification';
import { Jar, type TestCtx, type Surroundings, testContext, visit } from './contexts';
import { PASSWORD } from './factories';

/** Posts the login form. */
export async function login(
  email: string,
  from: Surroundings & { password?: string; next?: string; formKey?: string } = {},
): Promise<{ to: string; ctx: TestCtx; jar: Jar }> {
  const ctx = from.jar ? await visit(from.jar, from) : testContext(from);
  const to = await accounts.login(ctx, {
    email,
    password: from.password ?? PASSWORD,
    next: from.next ?? '/',
    formKey: from.formKey,
  });
  await ctx.settle();
  return { to, ctx, jar: ctx.jar };
}

/** Posts the form of /verify. */
export async function verify(
  jar: Jar,
  code: string,
  from: Surroundings & { formKey?: string } = {},
): Promise<string> {
  const ctx = await visit(jar, from);
  const passed = await verification.check(ctx, code, from.formKey);
  const to = await (passed.challenge.purpose === 'login'
    ? accounts.finishLogin(ctx, passed)
    : invitations.finishSignUp(ctx, passed));
  await ctx.settle();
  return to;
}
