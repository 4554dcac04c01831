/**
 * A fake of MailChannels' Email API in place of globalThis.fetch. It checks each request against the documentation, fails on
 * demand, and remembers what arrived. https://docs.mailchannels.net/email-api/api-reference/send-a-message-over-mail-channels-api
 */

/** How the next requests are answered. */
export type Mood =
  | 'accept'
  /** No connection at all. */
  | 'refuse'
  /** Takes the mail, then never answers. */
  | 'hang'
  /** Takes the mail, then the connection breaks. */
  | 'cut'
  /** Takes the mail, begins to answer, then the connection breaks. */
  | 'cut-in-answer'
  /** Answers 200, and says in the body that the one recipient was refused. */
  | 'recipient-refused'
  | { status: number; retryAfter?: string; body?: string };

export interface Arrived {
  to: string;
  from: { email: string; name?: string };
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  payload: Record<string, unknown>;
}

export interface FakeMailChannels {
  /** For MAILCHANNELS_BASE_URL. Nothing listens there, so a socket that goes past the fake is refused. */
  baseUrl: string;
  apiKey: string;
  mood: Mood;
  /** What the recipients would find in their mailboxes. */
  arrived: Arrived[];
  /** Requests to send, whatever their outcome. */
  requests: number;
  /** Requests that violate the documented API. Must stay empty. */
  problems: string[];
  restore(): void;
}

/** "Cannot be modified", says the API. */
const RESERVED =
  /^(authentication-results|bcc|cc|content-transfer-encoding|content-type|dkim-signature|from|message-id|received|reply-to|subject|to)$/i;

/** In workerd, the same for a refused and a lost connection. */
const connectionLost = () =>
  Object.assign(new Error('Network connection lost.'), { remote: true, retryable: true });

const json = (status: number, body: unknown, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export function fakeMailChannels(): FakeMailChannels {
  const real = globalThis.fetch;
  const fake: FakeMailChannels = {
    baseUrl: 'http://127.0.0.1:9',
    apiKey: 'fake-api-key',
    mood: 'accept',
    arrived: [],
    requests: 0,
    problems: [],
    restore: () => void (globalThis.fetch = real),
  };
  globalThis.fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input as RequestInfo, init);
    if (!request.url.startsWith(fake.baseUrl)) return real(request);
    if (fake.mood === 'refuse') throw connectionLost();
    if (request.method === 'HEAD') return new Response(null, { status: 405 });
    return answer(fake, request, init?.signal);
  };
  return fake;
}

async function answer(
  fake: FakeMailChannels,
  request: Request,
  signal: AbortSignal | null | undefined,
): Promise<Response> {
  fake.requests++;
  const payload = (await request.json()) as Record<string, unknown>;
  const { arrived, problems } = check(fake, request, payload);
  fake.problems.push(...problems);
  if (typeof fake.mood === 'object') {
    const { status, retryAfter, body } = fake.mood;
    const headers: Record<string, string> = retryAfter ? { 'retry-after': retryAfter } : {};
    return body === undefined
      ? json(status, { message: `fake ${status}` }, headers)
      : new Response(body, { status, headers });
  }
  if (problems.length) return json(400, { errors: problems });
  if (fake.mood === 'recipient-refused')
    return json(200, {
      request_id: 'r',
      results: [{ index: 0, message_id: 'm', status: 'failed', reason: 'no such mailbox' }],
    });
  fake.arrived.push(arrived);
  switch (fake.mood) {
    case 'hang':
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    case 'cut':
      throw connectionLost();
    case 'cut-in-answer':
      return new Response(new ReadableStream({ pull: (c) => c.error(connectionLost()) }), {
        headers: { 'content-type': 'application/json' },
      });
    default:
      return json(202, {
        request_id: 'r',
        results: [{ index: 0, message_id: '<made-by@mailchannels>', status: 'sent' }],
      });
  }
}

/** @param fake `arrived` is what the request would become */
function check(fake: FakeMailChannels, request: Request, payload: Record<string, unknown>) {
  const problems: string[] = [];
  const must = (ok: unknown, problem: string) => void (ok || problems.push(problem));
  type Content = { type: string; value: string };
  type Person = { email: string; name?: string };
  const people = payload.personalizations as { to: Person[] }[];
  const from = (payload.from ?? {}) as Person;
  const content = (payload.content ?? []) as Content[];
  const headers = (payload.headers ?? {}) as Record<string, string>;
  const replyTo = payload.reply_to as Person | undefined;
  const { pathname, search } = new URL(request.url);
  must(request.method === 'POST' && pathname + search === '/tx/v1/send', 'not POST /tx/v1/send');
  must(request.headers.get('x-api-key') === fake.apiKey, 'X-Api-Key is missing or wrong');
  must(request.headers.get('content-type')?.startsWith('application/json'), 'not JSON');
  must(people?.length === 1 && people[0]!.to?.length === 1, 'not exactly one recipient');
  const to = people?.[0]?.to?.[0]?.email ?? '';
  for (const address of [to, from.email ?? '', ...(replyTo ? [replyTo.email] : [])])
    must(/^[^\s@<>,;]+@[a-z0-9.-]+\.[a-z0-9-]+$/.test(address), `malformed address: ${address}`);
  must(typeof payload.subject === 'string' && payload.subject !== '', 'no subject');
  must(content.map((c) => c.type).join() === 'text/plain,text/html', 'not text/plain, then text/html');
  must(
    content.every((c) => c.value),
    'empty content',
  );
  for (const [name, value] of Object.entries(headers)) {
    must(/^[\x21-\x39\x3b-\x7e]+$/.test(name), `malformed header name: ${name}`);
    must(!RESERVED.test(name), `reserved header: ${name}`);
    must(typeof value === 'string', `header ${name} is no string`);
  }
  for (const value of [payload.subject, from.name, replyTo?.name, to, ...Object.values(headers)])
    must(!/[\p{Cc}\u2028\u2029]/u.test(String(value ?? '')), `control character in ${JSON.stringify(value)}`);
  const dkim = ['dkim_domain', 'dkim_selector', 'dkim_private_key'].filter((field) => payload[field]);
  must(dkim.length === 0 || dkim.length === 3, `DKIM fields incomplete: ${dkim.join()}`);
  must(
    !payload.dkim_private_key || /^[A-Za-z0-9+/=]+$/.test(String(payload.dkim_private_key)),
    'the DKIM key is not base64',
  );
  must(!payload.tracking_settings, 'tracking');
  const value = (type: string) => content.find((c) => c.type === type)?.value ?? '';
  const arrived: Arrived = {
    to,
    from,
    subject: String(payload.subject),
    text: value('text/plain'),
    html: value('text/html'),
    headers,
    payload,
  };
  return { arrived, problems };
}
