/** https://docs.mailchannels.net/email-api/api-reference/send-a-message-over-mail-channels-api */
import { Emails, MailChannelsClient } from 'mailchannels-sdk';
import type { MailConfig } from '../../context';
import type { Envelope } from './envelope';
import type { Outcome, OutgoingMail } from './outgoing';
import { reachable } from './reachability';

type MailChannelsConfig = Extract<MailConfig, { transport: 'mailchannels' }>;

export async function toMailChannels(
  config: MailChannelsConfig,
  mail: OutgoingMail,
  envelope: Envelope,
  timeoutMs: number,
): Promise<Outcome> {
  const signal = AbortSignal.timeout(timeoutMs);
  if (!(await reachable(apiUrl(config), signal)))
    return { outcome: 'retry', reason: 'unreachable', detail: 'no connection to the mail server' };
  const client = new Client(config.apiKey, apiUrl(config).origin, signal);
  const { data, error } = await new Emails(client).send({
    from: envelope.from,
    replyTo: envelope.replyTo ?? undefined,
    to: { email: envelope.to },
    subject: envelope.subject,
    text: mail.text,
    html: mail.html,
    dkim: config.dkim,
    // Comes back in every report about this mail, also where the answer to this request is lost.
    campaignId: mail.id,
    // The API makes its own Message-ID; ours is the same in every try.
    headers: { ...envelope.headers, 'X-Foyer-Message-ID': envelope.messageId },
  });
  const refusal = data?.results?.find((result) => result.status === 'failed');
  if (refusal) return { outcome: 'failed', reason: 'rejected', detail: refusal.reason ?? 'refused' };
  return outcomeOf(client.exchange, error?.message.replace(/^Unknown error\. ?/, '') ?? '');
}

/** By which reports are signed; null if MailChannels does not know it. It takes no API key. */
export async function publicKey(
  config: { baseUrl?: string },
  id: string,
  timeoutMs: number,
): Promise<string | null> {
  const url = new URL('/tx/v1/webhook/public-key', apiUrl(config));
  url.searchParams.set('id', id);
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    const { key } = answer.ok ? await answer.json<{ key?: unknown }>() : {};
    return typeof key === 'string' && key.length < 1_000 ? key : null;
  } catch {
    return null;
  }
}

export const canReachMailChannels = (config: MailChannelsConfig, timeoutMs: number): Promise<boolean> =>
  reachable(apiUrl(config), AbortSignal.timeout(timeoutMs));

const apiUrl = ({ baseUrl = 'https://api.mailchannels.net' }: { baseUrl?: string }): URL =>
  new URL('/tx/v1/send', baseUrl);

interface Exchange {
  /** The SDK accepted the mail and called the API. */
  asked?: boolean;
  status?: number;
  retryAfter?: string | null;
  error?: unknown;
}

/** Adds a deadline, refuses redirects, and notes what happened. */
class Client extends MailChannelsClient {
  readonly exchange: Exchange = {};
  constructor(
    apiKey: string,
    baseUrl: string | undefined,
    private readonly signal: AbortSignal,
  ) {
    super(apiKey, { baseUrl });
  }

  override post<T>(path: string, options: Parameters<MailChannelsClient['post']>[1]): Promise<T> {
    this.exchange.asked = true;
    return super.post<T>(path, {
      ...options,
      // Without a dry run the SDK would still send `?dry-run=false`.
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
        this.exchange.status = response.status;
        this.exchange.retryAfter = response.headers.get('retry-after');
      },
      onRequestError: ({ error }) => {
        this.exchange.error = error;
      },
    });
  }
}

function outcomeOf({ asked, status, retryAfter, error }: Exchange, message: string): Outcome {
  if (!asked) return { outcome: 'failed', reason: 'config', detail: message };
  // No answer, or one that broke off.
  if (status === undefined) return { outcome: 'unknown', detail: error ? String(error) : message };
  const detail = `${status} ${message}`.trim();
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status === 429)
    return { outcome: 'retry', reason: 'throttled', detail, afterMs: retryAfterMs(retryAfter) };
  // 520 (broken connection), 524 (late answer): the mail may have been taken. Cloudflare's other codes: nothing was sent.
  if (status === 520 || status === 524) return { outcome: 'unknown', detail };
  if (status >= 500)
    return { outcome: 'retry', reason: 'server-error', detail, afterMs: retryAfterMs(retryAfter) };
  // 401, 403: API key, DKIM key or domain lockdown. A redirect: not the API.
  const config = status === 401 || status === 403 || status < 400;
  return { outcome: 'failed', reason: config ? 'config' : 'rejected', detail };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function retryAfterMs(value: string | null | undefined): number | undefined {
  if (!value) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
