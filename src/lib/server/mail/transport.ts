/**
 * How a rendered mail leaves: MailChannels' Email API, or the local mailbox (a sealed table of the own D1). The only
 * importer of mailchannels-sdk. Tells what is known about the outcome, and never more than that.
 *
 * API: https://docs.mailchannels.net/email-api/api-reference/send-a-message-over-mail-channels-api
 */
import { desc, eq, sql } from 'drizzle-orm';
import { Emails, MailChannelsClient } from 'mailchannels-sdk';
import { connect } from 'node:net';
import { asciiDomain } from '../../addresses';
import type { Ctx, MailConfig, Statement } from '../context';
import { seal, unseal } from '../crypto';
import { mailboxEntry as table } from '../schema';
import { oneLine } from './words';

export interface OutgoingMail {
  /** The outbox row's id. */
  id: string;
  /** The address as it was written; its domain goes out in ASCII. */
  to: string;
  /** The site's name, shown as the sender. */
  fromName: string;
  subject: string;
  text: string;
  html: string;
  /** An earlier sending had an unknown outcome: this one may be its double, and says so. */
  resent: boolean;
  /** The reader's link that stops mails of this kind; none where there is none. */
  unsubscribe?: string | null;
}

export type RetryReason = 'unreachable' | 'throttled' | 'server-error';
export type FailReason = 'rejected' | 'config';

export type Outcome =
  /** `together`: what must be written in the same batch as the delivery mark. */
  | { outcome: 'sent'; together?: Statement[] }
  /** Surely not sent; another try may help. */
  | { outcome: 'retry'; reason: RetryReason; detail: string; afterMs?: number }
  /** Surely not sent; another try would not help. */
  | { outcome: 'failed'; reason: FailReason; detail: string }
  /** Nobody knows: it was on its way when the connection or our patience ended. */
  | { outcome: 'unknown'; detail: string };

export async function send(ctx: Ctx, mail: OutgoingMail, options: { timeoutMs: number }): Promise<Outcome> {
  const config = ctx.config.mail;
  const envelope = envelopeOf(mail, config.domain);
  if (!envelope) return { outcome: 'failed', reason: 'rejected', detail: 'not an e-mail address' };
  return config.transport === 'mailbox'
    ? toMailbox(ctx, mail, envelope)
    : toMailChannels(config, mail, envelope, options.timeoutMs);
}

interface Envelope {
  to: string;
  from: { email: string; name: string };
  subject: string;
  messageId: string;
  headers: Record<string, string>;
}

/**
 * Everything that becomes a header. Names and subject lose their control characters; an address that has one, or
 * white space or brackets, is refused. So nothing that somebody typed can begin a header of its own.
 */
function envelopeOf(mail: OutgoingMail, mailDomain: string): Envelope | null {
  const at = mail.to.lastIndexOf('@');
  const [local, domain] = [mail.to.slice(0, at), asciiDomain(mail.to.slice(at + 1))];
  const senderDomain = asciiDomain(mailDomain);
  if (at < 1 || !domain || !senderDomain || /[\s\p{C}<>()[\]\\,;:"@]/u.test(local)) return null;
  return {
    to: `${local}@${domain}`,
    from: { email: `no-reply@${senderDomain}`, name: oneLine(mail.fromName).replace(/["\\<>]/g, "'") },
    subject: oneLine(mail.subject),
    // RFC 5322 §3.6.4: one mail, one identifier, however often it is sent.
    messageId: `<${mail.id}@${senderDomain}>`,
    headers: {
      // RFC 3834 §5: keeps vacation responders from answering.
      'Auto-Submitted': 'auto-generated',
      ...(mail.resent && { 'X-Foyer-Resent': 'possible-duplicate' }),
      ...(mail.unsubscribe && oneClick(mail.unsubscribe)),
    },
  };
}

/**
 * RFC 8058 §3.1: the two headers of which a mail program makes its own "Unsubscribe" button. MailChannels makes its own
 * for mails marked as not transactional, which would stop them there and not here; so ours travel as ordinary headers.
 */
const oneClick = (url: string): Record<string, string> =>
  /^https?:\/\/[\w.:/~-]+$/.test(url)
    ? { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
    : {};

/** What is known of one request to the API. */
interface Exchange {
  /** The SDK found nothing wrong with the mail and asked the API. */
  asked?: boolean;
  status?: number;
  retryAfter?: string | null;
  error?: unknown;
}

/** The SDK's client with a deadline, without redirects, and with a note of what happened. */
class Client extends MailChannelsClient {
  readonly seen: Exchange = {};
  constructor(
    apiKey: string,
    baseUrl: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    super(apiKey, { baseUrl });
  }

  override post<T>(path: string, options: Parameters<MailChannelsClient['post']>[1]): Promise<T> {
    this.seen.asked = true;
    return super.post<T>(path, {
      ...options,
      // The SDK says `?dry-run=false` where it means nothing.
      query: undefined,
      signal: this.signal,
      redirect: 'manual',
      retry: false,
      parseResponse: (body) => {
        try {
          return JSON.parse(body);
        } catch {
          return body;
        }
      },
      onResponse: ({ response }) => {
        this.seen.status = response.status;
        this.seen.retryAfter = response.headers.get('retry-after');
      },
      onRequestError: ({ error }) => {
        this.seen.error = error;
      },
    });
  }
}

async function toMailChannels(
  config: Extract<MailConfig, { transport: 'mailchannels' }>,
  mail: OutgoingMail,
  envelope: Envelope,
  timeoutMs: number,
): Promise<Outcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  if (!(await reachable(apiOf(config), signal)))
    return { outcome: 'retry', reason: 'unreachable', detail: 'no connection to the mail server' };
  const client = new Client(config.apiKey, apiOf(config).origin, signal);
  const { data, error } = await new Emails(client).send({
    from: envelope.from,
    to: { email: envelope.to },
    subject: envelope.subject,
    text: mail.text,
    html: mail.html,
    dkim: config.dkim,
    // The API reserves Message-ID and makes its own; ours travels beside it, the same in every sending.
    headers: { ...envelope.headers, 'X-Foyer-Message-ID': envelope.messageId },
  });
  const refusal = data?.results?.find((result) => result.status === 'failed');
  if (refusal) return { outcome: 'failed', reason: 'rejected', detail: refusal.reason ?? 'refused' };
  return classify(client.seen, error?.message.replace(/^Unknown error\. ?/, '') ?? '');
}

/** What an answer, or its absence, says about the mail. Statuses: see the API's reference. */
export function classify({ asked, status, retryAfter, error }: Exchange, detail: string): Outcome {
  if (!asked) return { outcome: 'failed', reason: 'config', detail };
  // No answer, or one that broke off in its body.
  if (status === undefined) return { outcome: 'unknown', detail: error ? String(error) : detail };
  const said = `${status} ${detail}`.trim();
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status === 429)
    return { outcome: 'retry', reason: 'throttled', detail: said, afterMs: retryAfterMs(retryAfter) };
  // Cloudflare's own words for a server behind which a connection broke (520) or no answer came in time (524):
  // the mail may have been taken. 521–523, 525, 526, 530 are said before anything was sent.
  if (status === 520 || status === 524) return { outcome: 'unknown', detail: said };
  if (status >= 500)
    return { outcome: 'retry', reason: 'server-error', detail: said, afterMs: retryAfterMs(retryAfter) };
  // 401 and 403: the key, the DKIM key or the domain lockdown; a redirect: not the API at all.
  const config = status === 401 || status === 403 || status < 400;
  return { outcome: 'failed', reason: config ? 'config' : 'rejected', detail: said };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/**
 * Whether the mail server can be reached at all, asked before anything is sent. workerd's fetch cannot tell a refused
 * connection from one that broke after the mail was taken: both throw `Error: Network connection lost.` with the same
 * properties, and a streamed body is read to its end either way (measured with wrangler 4.155). So the question is
 * settled beforehand: no connection now is a definite failure, whatever breaks later is an unknown outcome.
 * A TCP connection is the light way. Where sockets may not go (Workers refuse them to Cloudflare's own addresses) the
 * answer to a HEAD request decides, whatever it is.
 */
async function reachable(url: URL, signal: AbortSignal): Promise<boolean> {
  if (await connects(url)) return true;
  try {
    const answer = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    await answer.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** Whether mail could leave this very moment, as far as that can be asked without sending one. */
export async function reaches(ctx: Ctx, timeoutMs = 5_000): Promise<boolean> {
  const config = ctx.config.mail;
  if (config.transport === 'mailbox') return ctx.config.local;
  return reachable(apiOf(config), AbortSignal.timeout(timeoutMs));
}

const apiOf = ({ baseUrl = 'https://api.mailchannels.net' }: { baseUrl?: string }): URL =>
  new URL('/tx/v1/send', baseUrl);

const connects = (url: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const socket = connect({ host: url.hostname, port });
    const settle = (open: boolean) => {
      clearTimeout(patience);
      socket.destroy();
      resolve(open);
    };
    const patience = setTimeout(() => settle(false), 1_500);
    socket.once('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });

/** A mail of the local mailbox. */
export interface MailboxMail {
  id: string;
  to: string;
  from: string;
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  /** ISO 8601. */
  sentAt: string;
}

/** The local transport: the entry has the mail's id and lands with the delivery mark, so there is exactly one. */
async function toMailbox(ctx: Ctx, mail: OutgoingMail, envelope: Envelope): Promise<Outcome> {
  if (!ctx.config.local) return { outcome: 'failed', reason: 'config', detail: 'the mailbox is local only' };
  const { from, subject } = envelope;
  const entry: MailboxMail = {
    id: mail.id,
    to: mail.to,
    from: from.email,
    subject,
    text: mail.text,
    html: mail.html,
    headers: {
      From: `"${from.name}" <${from.email}>`,
      To: envelope.to,
      Subject: subject,
      'Message-ID': envelope.messageId,
      ...envelope.headers,
    },
    sentAt: new Date(ctx.now).toISOString(),
  };
  const sealed = await seal(ctx.config.secret, 'mailbox', JSON.stringify(entry));
  return {
    outcome: 'sent',
    together: [ctx.db.insert(table).values({ id: mail.id, sealed, sentAt: ctx.now }).onConflictDoNothing()],
  };
}

type Row = typeof table.$inferSelect;

const open = async (ctx: Ctx, row: Row): Promise<MailboxMail> =>
  JSON.parse(await unseal(ctx.config.secret, 'mailbox', row.sealed));

/** The local mailbox, newest first. */
export async function mailbox(ctx: Ctx, limit: number): Promise<MailboxMail[]> {
  if (!ctx.config.local) return [];
  const rows = await ctx.db
    .select()
    .from(table)
    .orderBy(desc(table.sentAt), desc(sql`rowid`))
    .limit(limit);
  return Promise.all(rows.map((row) => open(ctx, row)));
}

/** One mail of the local mailbox; null when there is none of this id. */
export async function mailboxEntry(ctx: Ctx, id: string): Promise<MailboxMail | null> {
  if (!ctx.config.local) return null;
  const [row] = await ctx.db.select().from(table).where(eq(table.id, id));
  return row ? open(ctx, row) : null;
}

/** A mail's HTML as a page of its own that can run, load and send nothing. */
export const sandboxed = (html: string): Response =>
  new Response(html, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy':
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
