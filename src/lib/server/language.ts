/** Which language somebody is written in: their own, never that of whoever caused the mail. */
import { defaultLocale, isLocale, type Locale } from '../messages';
import type { Ctx } from './context';

/** Of a mail that somebody else causes. Who has chosen none is written in the site's own. */
export const ofPerson = (person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : defaultLocale;

/** Of a mail that the person asks for themselves, in this browser: a code, a reset. */
export const ofVisitor = (ctx: Pick<Ctx, 'locale'>, person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : ctx.locale;

/**
 * What becomes the own language of somebody who comes through an invitation: the one that the page was read in because
 * their browser asks for it, else the invitation's.
 */
export const ofArrival = (ctx: Pick<Ctx, 'askedLocale' | 'locale'>, invitation: { locale: string }): Locale =>
  ctx.askedLocale ?? (isLocale(invitation.locale) ? invitation.locale : ctx.locale);
