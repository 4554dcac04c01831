import type { Address } from '../../addresses';
import type { Locale } from '../../messages';
import * as access from '../access';
import type { SignedIn } from '../context';
import type { MailMessage } from '../mail/messages';
import { without } from '../mentions/grammar';
import { nameableQuery, recognised } from '../mentions/people';
import type { Mention, Settings } from '../schema';
import { urlOf } from './links';

export interface InviteForm {
  /** As typed or pasted; see `readAddresses`. */
  addresses: string;
  subject: string;
  message: string;
  locale: Locale;
}

export interface ToSend {
  id: string;
  address: Address;
  version: number;
  words: Pick<InviteForm, 'subject' | 'message' | 'locale'>;
}

/** Where guests do not see each other, a mail names no other guest of the space or form. */
export async function readersOf(ctx: SignedIn, target: access.FoundSpace, rows: ToSend[]) {
  type Words = { subject: string; message: string };
  if (access.everybodySees(target, 'guest')) return ({ words }: ToSend): Words => words;
  const texts = [...new Set(rows.flatMap(({ words }) => [words.subject, words.message]))];
  const known = await nameableQuery(ctx, target.id, ...texts);
  const ids = new Set(known.map(({ id }) => id));
  const invited = rows
    .filter(({ id }) => !ids.has(id))
    .map(({ id, address }) => ({ id, name: '', email: address.email, kind: 'guest' as const, here: 0 }));
  const people = [...known, ...invited];
  const read = new Map<string, Mention[]>();
  return ({ words, address }: ToSend): Words => {
    const { subject: title, message: body } = words;
    const key = JSON.stringify([title, body]);
    const mentions = read.get(key) ?? recognised(ctx, { title, body }, people, []).mentions;
    read.set(key, mentions);
    const isOther = (m: Mention) =>
      m.guest === true && !people.some(({ id, email }) => id === m.id && email === address.email);
    return {
      subject: without(title, mentions, isOther, 'title').text,
      message: without(body, mentions, isOther).text,
    };
  };
}

export const invitationMail = (
  ctx: SignedIn,
  target: { name: string },
  site: Settings,
  i: { id: string; version: number; subject: string; message: string; expiresAt: number },
): MailMessage => ({
  kind: 'invitation',
  siteName: site.siteName,
  spaceName: target.name,
  inviterName: ctx.actor.name,
  subject: i.subject,
  message: i.message,
  url: urlOf(ctx, i.id, i.version, 'mail'),
  expiresAt: i.expiresAt,
  timeZone: ctx.timeZone,
});

export const userInvitationMail = (
  ctx: SignedIn,
  site: Settings,
  id: string,
  version: number,
  expiresAt: number,
): MailMessage => ({
  kind: 'user-invitation',
  siteName: site.siteName,
  inviterName: ctx.actor.name,
  url: urlOf(ctx, id, version, 'mail'),
  expiresAt,
  timeZone: ctx.timeZone,
});
