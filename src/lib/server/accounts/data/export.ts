import html from 'escape-html-template-tag';
import { LOCALES, loadTranslator, type Translate } from '../../../messages';
import { dateLocale, formatDate } from '../../../dates';
import type { SignedIn } from '../../context';
import { record } from '../../events';
import * as limits from '../../limits';
import * as settings from '../../settings';
import { zip, type Entry } from '../../zip';
import { fileEntries, fileParts, filesFrom, listed } from './files';
import { entry, json, jsonList, text } from './pages';
import { account, activity, logins, spaces } from './records';
import { texts, versions } from './texts';

/** By space, as a person reads it. */
async function* markdown(ctx: SignedIn, t: Translate): AsyncGenerator<string> {
  let space = 0;
  let thread = 0;
  yield `# ${t('data.texts')}\n`;
  for await (const one of texts(ctx)) {
    if (one.threadId !== thread) {
      const place = one.space ?? t('data.gone-space');
      if (one.spaceId !== space) yield `\n# ${place}\n`;
      yield `\n## ${one.title ?? t('data.gone-thread')}\n`;
    }
    ({ spaceId: space, threadId: thread } = one);
    const only = one.onlyForCompany ? ` · ${t('data.only-company')}` : '';
    const at = `${one.written.slice(0, 16).replace('T', ' ')} UTC`;
    yield `\n**${at}**${only}\n\n${one.text}\n`;
  }
}

const ABOUT = ['profile', 'spaces', 'texts', 'versions', 'files', 'sessions', 'activity'] as const;

async function page(ctx: SignedIn, t: Translate, more: boolean): Promise<string> {
  const { profile } = await account(ctx);
  const { siteName } = await settings.read(ctx);
  const title = t('data.page-title', { site: siteName });
  const made = t('data.page-made', {
    name: profile.name,
    email: profile.email,
    time: formatDate(dateLocale(ctx.locale), 'named', ctx.timeZone, ctx.now),
  });
  const rows = ABOUT.map(
    (name) =>
      html`<dt><a href="${name}.json">${name}.json</a></dt>
        <dd>${t(`data.about-${name}`)}</dd>`,
  );
  return html`<!doctype html>
    <html lang="${ctx.locale}" dir="${LOCALES[ctx.locale].direction}">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${title}</title>
      <style>
        :root {
          color-scheme: light dark;
          font:
            1rem/1.5 system-ui,
            sans-serif;
        }
        body {
          max-width: 42rem;
          margin: 2rem auto;
          padding: 0 1rem;
          overflow-wrap: anywhere;
        }
        dt {
          margin-top: 1rem;
          font-weight: 600;
        }
        dd {
          margin: 0;
        }
      </style>
      <h1>${title}</h1>
      <p>${made}</p>
      <dl>
        <dt><a href="texts.md">texts.md</a></dt>
        <dd>${t('data.about-markdown')}</dd>
        ${rows}
      </dl>
      <p>${t('data.about-left-out')}</p>
      ${more ? html`<p>${t('data.about-more')}</p>` : ''}
    </html> `.toString();
}

async function* entries(ctx: SignedIn, from: string | null, more: boolean): AsyncGenerator<Entry> {
  const t = await loadTranslator(ctx.locale);
  if (from === null) {
    yield entry(ctx, 'index.html', text(await page(ctx, t, more)));
    yield entry(ctx, 'profile.json', json(await account(ctx)));
    yield entry(ctx, 'spaces.json', jsonList(spaces(ctx)));
    yield entry(ctx, 'texts.md', markdown(ctx, t));
    yield entry(ctx, 'texts.json', jsonList(texts(ctx)));
    yield entry(ctx, 'versions.json', jsonList(versions(ctx)));
    yield entry(ctx, 'sessions.json', jsonList(logins(ctx)));
    yield entry(ctx, 'activity.json', jsonList(activity(ctx)));
  }
  const files = await filesFrom(ctx, from);
  const missing = new Set<string>();
  yield* fileEntries(ctx, files, missing);
  yield entry(ctx, 'files.json', json(listed(files, missing)));
}

/**
 * Read while it is sent, so that memory does not grow with what somebody has written. Counted, and in the audit, before anything is read.
 * @param from where the files of a further archive begin; null for the first, which has everything else
 */
export async function exported(
  ctx: SignedIn,
  from: string | null = null,
): Promise<ReadableStream<Uint8Array>> {
  const parts = fileParts(ctx);
  const committed = await ctx.commit(
    [
      ...limits.count(ctx, { download: 1 }),
      record(ctx, { kind: 'account.exported', subject: `user:${ctx.actor.id}` }),
      parts,
    ],
    { refusal: async () => (await limits.exceeded(ctx, { download: 1 })) ?? null },
  );
  return zip(entries(ctx, from, committed.of(parts).length > 0));
}
