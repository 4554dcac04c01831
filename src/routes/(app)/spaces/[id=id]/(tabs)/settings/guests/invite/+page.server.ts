import * as access from '$lib/server/access';
import { loadTranslator, locales, type Locale } from '$lib/messages';
import { invite } from '$lib/schemas';
import { form, show } from '$lib/server/http';
import * as invitations from '$lib/server/invitations';
import { defaultInvitation } from '$lib/server/mail/messages';
import * as settings from '$lib/server/settings';
import type { SignedIn } from '$lib/server/context';

/** The default text in every language. */
async function readyTexts(ctx: SignedIn, spaceId: number) {
  const [space, site] = [await access.requireAdministrator(ctx, spaceId), await settings.read(ctx)];
  const names = { spaceName: space.name, inviterName: ctx.actor.name, siteName: site.siteName };
  const texts = locales.map(
    async (locale) => [locale, defaultInvitation(await loadTranslator(locale), names)] as const,
  );
  return Object.fromEntries(await Promise.all(texts)) as Record<Locale, ReturnType<typeof defaultInvitation>>;
}

export const load = (event) =>
  show(event, async (ctx) => ({ ready: await readyTexts(ctx, Number(event.params.id)) }));

export const actions = {
  default: form(
    invite,
    async (ctx, input, { params }) => {
      const ready = await readyTexts(ctx, Number(params.id));
      // Without scripts the default text does not follow the chosen language, so an unedited one is replaced here.
      const untouched = Object.values(ready).find(
        (r) => r.subject === input.subject && r.message === input.message,
      );
      const outcomes = await invitations.inviteGuests(ctx, Number(params.id), {
        ...input,
        ...(untouched && ready[input.locale]),
      });
      const count = (...results: string[]) => outcomes.filter((o) => results.includes(o.result)).length;
      const refused = outcomes.filter((o) => o.result === 'refused');
      const [sent, active, left] = [count('sent', 'sent-again'), count('already-active'), count('left-out')];
      if (refused.length === 0)
        return `/spaces/${params.id}/settings/guests?done=invited&sent=${sent}&active=${active}&left=${left}`;
      return {
        outcome: { refused, sent, active, left },
        values: { ...input, addresses: refused.map((o) => o.typed).join('\n') },
      };
    },
    access.administratorsOnly,
  ),
};
