import { loadTranslator, locales, type Locale } from '../../messages';
import * as access from '../access';
import type { SignedIn } from '../context';
import { defaultInvitation } from '../mail/messages';
import * as settings from '../settings';

type Words = ReturnType<typeof defaultInvitation>;

/** The ready text of an invitation to this space, in every language. */
export async function readyWords(ctx: SignedIn, spaceId: number): Promise<Record<Locale, Words>> {
  const [space, site] = [await access.requireAdministrator(ctx, spaceId), await settings.read(ctx)];
  const names = { spaceName: space.name, inviterName: ctx.actor.name, siteName: site.siteName };
  const texts = locales.map(async (locale) => {
    const own = site.mailTexts[locale]?.texts?.invitation;
    return [locale, defaultInvitation(await loadTranslator(locale), names, own)] as const;
  });
  return Object.fromEntries(await Promise.all(texts)) as Record<Locale, Words>;
}
