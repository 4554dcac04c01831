/** The host's face: names, logo and accent, as administrators set them and everybody sees them. */
import * as accents from '../accent';
import { DAY } from '../time';
import type { Ctx, SignedIn } from './context';
import { checkAll, Refusal } from './errors';
import * as files from './files';
import { allow } from './policy';
import * as settings from './settings';
import * as site from './site';

interface Form {
  siteName: string;
  companyName: string;
  accent: string | null;
  logo: File[];
  removeLogo: boolean;
  revision: number;
  was?: string;
}

export async function change(
  ctx: SignedIn,
  { logo: [chosen], removeLogo, revision: shown, was, ...typed }: Form,
) {
  allow(ctx, 'site.administer');
  await judge(ctx, { accent: typed.accent, logo: chosen && [chosen] });
  const { form: names, revision } = await site.merged(
    ctx,
    typed,
    ({ siteName, companyName, accent }) => ({ siteName, companyName, accent }),
    settings.appearanceFields,
    { revision: shown, was },
  );
  const before = await settings.read(ctx);
  const uploaded = chosen ? await files.uploadLogo(ctx, chosen) : null;
  const logo = uploaded ?? (removeLogo ? null : before.logo);
  await site.changeSettings(ctx, { ...names, logo }, revision, {
    then: files.useLogo(ctx, logo?.id ?? null),
  });
  settings.forgetAppearance();
}

/** What the colour and the logo are refused for, both at once. */
export const judge = (ctx: SignedIn, { accent, logo: [chosen] = [] }: Partial<Form>): Promise<void> =>
  checkAll(
    () => refuseTaken(accent ?? null),
    () => chosen && files.checkLogo(ctx, chosen),
  );

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
