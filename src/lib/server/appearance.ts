/** The host's face: names, logo and accent, as administrators set them and everybody sees them. */
import * as accents from '../accent';
import { DAY } from '../time';
import type { Ctx, SignedIn } from './context';
import { checkAll, Refusal } from './errors';
import * as files from './files';
import { allow } from './policy';
import type { Settings } from './schema';
import * as settings from './settings';
import * as site from './site';

interface Form {
  siteName: string;
  companyName: string;
  accent: string | null;
  loginText: string;
  privacyUrl: string | null;
  termsUrl: string | null;
  termsRequired: boolean;
  termsAgain: string;
  logo: File[];
  removeLogo: boolean;
  revision: number;
  was?: string;
}

export async function change(
  ctx: SignedIn,
  { logo: [chosen], removeLogo, termsAgain, revision: shown, was, ...typed }: Form,
) {
  allow(ctx, 'site.administer');
  await judge(ctx, { ...typed, logo: chosen && [chosen] });
  const { form: face, revision } = await site.merged(ctx, typed, settings.faceOf, settings.appearanceFields, {
    revision: shown,
    was,
  });
  // Two changes that each were fine may not fit together.
  refuseWithoutTerms(face);
  const before = await settings.read(ctx);
  const uploaded = chosen ? await files.uploadLogo(ctx, chosen) : null;
  const logo = uploaded ?? (removeLogo ? null : before.logo);
  await site.changeSettings(ctx, { ...face, logo, ...asked(ctx, before, face, termsAgain) }, revision, {
    then: files.useLogo(ctx, logo?.id ?? null),
  });
  settings.forgetAppearance();
}

/**
 * Guests are asked at their next login: when the switch is turned on, and when somebody says that the terms have changed.
 * @param again the version that the form showed, if it is to be replaced
 */
function asked(ctx: SignedIn, before: Settings, { termsRequired }: settings.Face, again: string) {
  const renewed = again === String(before.termsVersion);
  const begins = termsRequired && !before.termsRequired;
  return {
    ...(renewed && { termsVersion: before.termsVersion + 1 }),
    ...((renewed || begins) && { termsAskedAt: ctx.now }),
  };
}

/** What the colour, the logo and the terms are refused for, all at once. */
export const judge = (
  ctx: SignedIn,
  { accent, logo: [chosen] = [], ...terms }: Partial<Form>,
): Promise<void> =>
  checkAll(
    () => refuseTaken(accent ?? null),
    () => chosen && files.checkLogo(ctx, chosen),
    () => refuseWithoutTerms(terms),
  );

function refuseWithoutTerms({ termsRequired, termsUrl }: Partial<settings.Face>): void {
  if (termsRequired && termsUrl === null)
    throw new Refusal('invalid', { key: 'appearance.terms-url-missing', field: 'termsUrl' });
}

/** @throws Refusal for a colour that already means something here, with the nearest that does not */
function refuseTaken(accent: string | null): void {
  const meaning = accent && accents.meaningOf(accent);
  if (!meaning) return;
  const params = { nearest: accents.nearest(accent) };
  throw new Refusal('invalid', { key: `appearance.accent-${meaning}`, params, field: 'accent' });
}

export async function stylesheet(ctx: Ctx, version: string | null): Promise<Response> {
  const { accent } = await settings.read(ctx);
  if (!accent) throw new Refusal('missing');
  return css(accents.stylesheet(accent), version === settings.accentVersion(accent));
}

/** For the page that chooses it: nothing is saved yet. */
export function preview(ctx: SignedIn, accent: string): Response {
  allow(ctx, 'site.administer');
  refuseTaken(accent);
  return css(accents.stylesheet(accent, '.appearance-preview > .scheme.scheme'), false);
}

const css = (text: string, current: boolean): Response =>
  new Response(text, {
    headers: { 'content-type': 'text/css; charset=utf-8', ...(current && KEPT) },
  });

/**
 * By the browser, where the address names the current version. Never `public`: Kit's adapter would keep it for everybody, also
 * after it is removed, and what somebody asks for under a version that comes later.
 */
const KEPT = { 'cache-control': `private, max-age=${(365 * DAY) / 1_000}, immutable` };
const BRIEFLY = { 'cache-control': 'private, max-age=300' };

/** Mails show it without a version, so that an old mail has the logo of today. */
export async function logo(ctx: Ctx, version: string | null): Promise<Response> {
  const { logo } = await settings.read(ctx);
  const object = logo && (await files.readLogo(ctx, logo.id));
  if (!object) throw new Refusal('missing');
  return new Response(object.body, {
    headers: {
      ...(version === logo.id ? KEPT : version === null && BRIEFLY),
      'content-type': logo.type,
      'content-length': String(object.size),
      'content-disposition': 'inline',
      'content-security-policy': "sandbox; default-src 'none'",
      // Mail programs in a browser show it from their own site.
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}
