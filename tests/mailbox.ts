/** Mails that arrived in the local mailbox, and their contents. */
import { desc, sql } from 'drizzle-orm';
import * as transport from '../src/lib/server/mail/transport';
import { mailboxEntry } from '../src/lib/server/schema';
import { bindings, testContext } from './contexts';

/** The secrets that the local mailbox is sealed with. */
export const mailboxSecrets: [string, ...string[]] = [bindings.FOYER_SECRET!];

/** A cache, because test files ask for the same mails hundreds of times. */
const opened = new Map<string, transport.MailboxMail>();

/** The mails to an address that have arrived, newest first. */
export async function mailsTo(email: string): Promise<transport.MailboxMail[]> {
  const ctx = testContext({ config: { secret: mailboxSecrets } });
  const rows = await ctx.db
    .select({ id: mailboxEntry.id })
    .from(mailboxEntry)
    .orderBy(desc(mailboxEntry.sentAt), desc(sql`rowid`));
  const open = async (id: string) => {
    if (!opened.has(id)) opened.set(id, (await transport.mailboxEntry(ctx, id))!);
    return opened.get(id)!;
  };
  const all = await Promise.all(rows.map(({ id }) => open(id)));
  return all.filter((mail) => mail.to.toLowerCase() === email.toLowerCase());
}

/** The token of the link to sign up, to choose a new password, or to confirm an address. */
export function linkIn(mail: transport.MailboxMail): string {
  const found = /^http:\/\/localhost:8787\/(?:signup|reset|email)\/(\S+)$/m.exec(mail.text);
  if (!found) throw new Error(`no link in: ${mail.text}`);
  return found[1]!;
}

function codeIn(mail: transport.MailboxMail): string {
  const found = /\b\d{6}\b/.exec(mail.text);
  if (!found) throw new Error(`no code in: ${mail.text}`);
  return found[0];
}

/** The code that was mailed last. */
export const codeTo = async (email: string): Promise<string> =>
  codeIn((await mailsTo(email)).find((mail) => /\b\d{6}\b/.test(mail.text))!);

/** A code that differs from this one. */
export const wrong = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
