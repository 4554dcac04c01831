import { parseAddress } from '../../addresses';
import { MINUTE } from '../../time';
import { changed, must, type Ctx } from '../context';
import { hashToken, randomId, sameText } from '../crypto';
import { Refusal, refuseAll } from '../errors';
import { record } from '../events';
import * as folded from '../folded';
import * as passwords from '../passwords';
import * as rateLimit from '../rate-limit';
import { user, type CredentialPolicy } from '../schema';
import * as sessions from '../sessions';
import * as settings from '../settings';
import { presets } from '../settings';
import { enterAgain } from './login';

type Judged = Partial<Pick<SetUpForm, 'siteName' | 'companyName' | 'name' | 'email' | 'password' | 'preset'>>;

const faultsOf = async (ctx: Ctx, { email, password, preset, ...form }: Judged) => [
  email !== undefined &&
    !parseAddress(email) &&
    new Refusal('invalid', { key: 'address.malformed', field: 'email' }),
  password !== undefined &&
    preset &&
    (await passwords.refusalOf(ctx, presets[preset], password, {
      site: { siteName: form.siteName ?? '', companyName: form.companyName ?? '' },
      person: { email: email ?? '', name: form.name },
    })),
];

/** What can be said of a form whose other fields are refused already. The token is tried with a whole form only. */
export async function judgeSetUp(ctx: Ctx, form: Judged): Promise<void> {
  await setUpOpen(ctx);
  refuseAll(...(await faultsOf(ctx, form)));
}

interface SetUpForm {
  token: string;
  siteName: string;
  companyName?: string;
  name: string;
  email: string;
  password: string;
  preset: CredentialPolicy['preset'];
  emailVerified?: boolean;
  formKey?: string;
}

/** Posted twice (double click), it starts one more session. */
export async function setUp(ctx: Ctx, form: SetUpForm): Promise<void> {
  try {
    await setUpFirst(ctx, form);
  } catch (refusal) {
    const isOver = refusal instanceof Refusal && refusal.kind === 'missing';
    if (!isOver || !form.formKey || !isToken(ctx, form.token)) throw refusal;
    if (!(await rateLimit.wasCarriedOut(ctx, form.formKey, MINUTE, form.email, form.password))) throw refusal;
    await enterAgain(ctx, form);
  }
}

const isToken = (ctx: Ctx, typed: string): boolean =>
  !!ctx.config.setupToken && sameText(hashToken(typed.trim()), hashToken(ctx.config.setupToken.trim()));

async function setUpFirst(ctx: Ctx, form: SetUpForm): Promise<void> {
  await setUpOpen(ctx);
  const wrong = new Refusal('invalid', { key: 'setup.wrong-token', field: 'token' });
  const post = rateLimit.postKey(ctx, form.formKey, 'set-up', form.token);
  if (await rateLimit.isRepeated(ctx, { post })) throw wrong;
  const clientIps = await rateLimit.countClientIp(ctx);
  if (!clientIps.length) {
    await ctx.commit(rateLimit.forgetPost(ctx, { post }));
    throw new Refusal('throttled', { key: 'login.throttled', params: { minutes: 15 } });
  }
  const faults = await faultsOf(ctx, form);
  if (!isToken(ctx, form.token)) {
    await ctx.commit(rateLimit.failed(ctx, { post }));
    refuseAll(wrong, ...faults);
  }
  // The token was right: other mistakes are not failed attempts.
  await ctx.commit([
    rateLimit.refund(ctx, rateLimit.clientIpKey(ctx)),
    ...rateLimit.forgetPost(ctx, { post }),
  ]);
  refuseAll(...faults);
  const address = parseAddress(form.email)!;
  const { siteName, companyName = '' } = form;
  const policy = presets[form.preset];
  const person = {
    id: randomId(),
    kind: 'user' as const,
    email: address.email,
    emailOriginal: address.original,
    name: form.name,
    folded: folded.person({ name: form.name, email: address.email }),
    passwordHash: await passwords.hash(form.password),
    credentialEpoch: 0,
    administrator: true,
    canCreateSpaces: true,
    locale: ctx.askedLocale,
    emailVerifiedAt: form.emailVerified ? ctx.now : null,
    loginCount: 1,
    lastLoginAt: ctx.now,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  };
  const setCookies = await sessions.begin(ctx, person);
  await ctx.commit(
    [
      settings.putFirst(ctx, 'setUp', true),
      must(ctx, changed()),
      settings.put(ctx, 'siteName', siteName),
      settings.put(ctx, 'companyName', companyName),
      settings.put(ctx, 'policy', policy),
      ctx.db.insert(user).values(person),
      form.formKey ? rateLimit.carriedOut(ctx, form.formKey, form.email, form.password) : null,
      record(ctx, { kind: 'site.set-up', subject: 'site', detail: { siteName, companyName }, by: person }),
    ],
    { refusal: new Refusal('missing') },
  );
  setCookies();
}

/** 404 once the site is set up, or without a set-up token. */
export async function setUpOpen(ctx: Ctx): Promise<void> {
  if (!ctx.config.setupToken || (await settings.read(ctx)).setUp) throw new Refusal('missing');
}
