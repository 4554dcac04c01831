/** Mails are in the reader's language, never in that of the person who caused them. */
import { defaultLocale, isLocale, type Locale } from '../messages';
import type { Ctx } from './context';

/** For mails caused by somebody else. */
export const ofPerson = (person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : defaultLocale;

/** For mails people ask for in this browser (a code, a reset). */
export const ofVisitor = (ctx: Pick<Ctx, 'locale'>, person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : ctx.locale;

/** The page's language if their browser asked for it, else the invitation's. */
export const ofInvited = (ctx: Pick<Ctx, 'askedLocale' | 'locale'>, invitation: { locale: string }): Locale =>
  ctx.askedLocale ?? (isLocale(invitation.locale) ? invitation.locale : ctx.locale);
