import type { Address } from '../../addresses';
import type { Locale } from '../../messages';
import * as access from '../access';
import type { SignedIn } from '../context';
import type { MailMessage } from '../mail/messages';
import { nameableQuery, recognised } from '../mentions/people';
import { bodyFor, titleFor } from '../mentions/redaction';
import type { Mention, Settings } from '../schema';
import { hostOf } from '../settings';
import { urlOf } from './links';

export interface InviteForm {
  /** As typed or pasted; see `readAddresses`. */
  addresses: string;
  subject: string;
  message: string;
  locale: Locale;
  requestKey?: string;
  /** Also those who have declined, after a warning. */
  declinedToo?: boolean;
  /** The last day of their access; empty: no end. */
  accessEnds?: string;
}

export interface ToSend {
  id: string;
  address: Address;
  version: number;
  words: Pick<InviteForm, 'subject' | 'message' | 'locale'>;
}

/** Where guests do not see each other, a mail names no other guest of the space or form. */
export async function wordsForRecipients(ctx: SignedIn, target: access.FoundSpace, rows: ToSend[]) {
  type Words = { subject: string; message: string };
  if (access.guestsSeeEachOther(target)) return ({ words }: ToSend): Words => words;
  const texts = [...new Set(rows.flatMap(({ words }) => [words.subject, words.message]))];
  const invited = rows.map(({ id, address }) => ({
    ...{ id, name: '', email: address.email },
    ...{ kind: 'guest' as const, here: 0 },
  }));
  const known = [...(await nameableQuery(ctx, target.id, ...texts)), ...invited];
  // Somebody may have an account and several invitations: whoever has their address is one person.
  const ids = new Map(known.map(({ id, email }) => [email, id]));
  const people = known.map((one) => ({ ...one, id: ids.get(one.email)! }));
  const read = new Map<string, Mention[]>();
  return ({ words, address }: ToSend): Words => {
    const { subject: title, message: body } = words;
    const key = JSON.stringify([title, body]);
    const mentions = read.get(key) ?? recognised(ctx, { title, body }, people, []).mentions;
    read.set(key, mentions);
    const reader = access.readerIn({ id: ids.get(address.email)!, kind: 'guest' }, target);
    const written = { mentions, authorId: ctx.actor.id };
    return {
      subject: titleFor(reader, { ...written, title }),
      message: bodyFor(reader, { ...written, body }),
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
  inviterEmail: ctx.actor.email,
  inviterCompany: hostOf(site),
  subject: i.subject,
  message: i.message,
  url: urlOf(ctx, i.id, i.version, 'mail'),
  expiresAt: i.expiresAt,
  days: site.invitationDays,
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
  inviterEmail: ctx.actor.email,
  url: urlOf(ctx, id, version, 'mail'),
  expiresAt,
  days: site.invitationDays,
  timeZone: ctx.timeZone,
});
