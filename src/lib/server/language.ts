/** The language of a mail: the reader's, never that of the person who caused it. */
import { defaultLocale, isLocale, type Locale } from '../messages';
import type { Ctx } from './context';

/** For a mail that somebody else causes: the reader's language, else the default. */
export const ofPerson = (person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : defaultLocale;

/** For a mail that people ask for themselves in this browser (a code, a reset): theirs, else the page's. */
export const ofVisitor = (ctx: Pick<Ctx, 'locale'>, person: { locale: string | null }): Locale =>
  isLocale(person.locale) ? person.locale : ctx.locale;

/**
 * What becomes the own language of somebody who comes through an invitation: the one that the page was read in because
 * their browser asks for it, else the invitation's.
 */
export const ofInvited = (ctx: Pick<Ctx, 'askedLocale' | 'locale'>, invitation: { locale: string }): Locale =>
  ctx.askedLocale ?? (isLocale(invitation.locale) ? invitation.locale : ctx.locale);
