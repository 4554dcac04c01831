// A browser without a window: cookies, forms, no scripts.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

export class Visitor {
  cookies = new Map();

  /** @param {string} origin */
  constructor(origin) {
    this.origin = origin;
  }

  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** @returns {Promise<{ status: number, headers: object, body: Buffer, text: string, ms: number }>} */
  ask(path, { method = 'GET', headers = {}, body } = {}) {
    const began = performance.now();
    return new Promise((done, failed) => {
      const all = {
        cookie: this.cookie,
        origin: this.origin,
        'accept-language': 'en',
        accept: 'text/html',
        ...headers,
      };
      if (!all.cookie) delete all.cookie;
      const req = request(new URL(path, this.origin), { method, headers: all, agent }, (res) => {
        const parts = [];
        res.on('data', (part) => parts.push(part));
        res.on('error', failed);
        res.on('end', () => {
          for (const line of res.headers['set-cookie'] ?? []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            if (value && !/max-age=0/i.test(line)) this.cookies.set(name, value);
            else this.cookies.delete(name);
          }
          const all = Buffer.concat(parts);
          const ms = performance.now() - began;
          done({ status: res.statusCode, headers: res.headers, body: all, text: all.toString('utf8'), ms });
        });
      });
      req.on('error', failed);
      req.end(body);
    });
  }

  async open(path, options) {
    const page = await this.ask(path, options);
    if (page.status !== 200) throw new Error(`${path}: ${page.status} ${page.text.slice(0, 200)}`);
    return page;
  }

  /** Posts the form of this action on a page, with its hidden fields. @param more headers. @returns the answer to the post alone */
  async submit(path, action, fields, page, more = {}) {
    const { text } = page ?? (await this.open(path));
    const here = new URL(path, this.origin);
    const addressOf = (one) => new URL(one || path, here).href;
    const form = formsOf(text).find((one) => addressOf(one.action) === addressOf(action));
    if (!form) throw new Error(`${path} has no form ${action}: ${formsOf(text).map((one) => one.action)}`);
    const body = new URLSearchParams({ ...form.hidden, ...fields }).toString();
    const target = new URL(addressOf(action));
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...more };
    const answer = await this.ask(target.pathname + target.search, { method: 'POST', headers, body });
    if (answer.status !== 303)
      throw new Error(`${target.pathname}${target.search}: ${answer.status} ${answer.text.slice(0, 200)}`);
    return answer;
  }
}

const decode = (value) =>
  value
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&amp;/g, '&');
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found && decode(found[1]);
};

function formsOf(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, tag, inside]) => ({
    action: attribute(tag, 'action') ?? '',
    hidden: Object.fromEntries(
      [...inside.matchAll(/<input\b[^>]*type="hidden"[^>]*>/g)]
        .filter(([input]) => attribute(input, 'name'))
        .map(([input]) => [attribute(input, 'name'), attribute(input, 'value') ?? '']),
    ),
  }));
}
