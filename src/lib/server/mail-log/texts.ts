/** The site's own words in mails. A preview of what is typed waits, sealed, in KV for a few minutes. */
import { PLACEHOLDERS, textKinds, unknownPlaceholder, type OwnText, type TextKind } from '../../mail-texts';
import { loadTranslator, type Locale } from '../../messages';
import { DAY, HOUR } from '../../time';
import * as aside from '../aside';
import type { SignedIn } from '../context';
import { checkAll, Refusal } from '../errors';
import { readBrand } from '../mail/outbox';
import { defaultInvitation, render, type MailMessage } from '../mail/messages';
import { allow } from '../policy';
import type { Settings } from '../schema';
import * as settings from '../settings';
import * as site from '../site';
import { wasOf } from '../stale';

const KEPT = HOUR / 1_000;

interface Form extends settings.MailText {
  locale: Locale;
  kind: TextKind;
  revision: number;
  was?: string;
}

export async function textPage(ctx: SignedIn, locale: Locale, kind: TextKind) {
  allow(ctx, 'site.administer');
  const saved = await settings.read(ctx);
  const form = settings.mailTextOf(saved, locale, kind);
  return {
    of: locale,
    kind,
    kinds: textKinds,
    placeholders: PLACEHOLDERS[kind].map((name) => `{${name}}`),
    form,
    siteName: saved.siteName,
    revision: saved.revision,
    was: wasOf(form, settings.mailTextFields),
  };
}

/** @throws Refusal for each field with a placeholder that this mail can't fill in */
export const judgeText = (ctx: SignedIn, { kind, subject = '', introduction = '' }: Partial<Form>) => {
  allow(ctx, 'site.administer');
  return checkAll(
    () => refuseUnknown(kind, 'subject', subject),
    () => refuseUnknown(kind, 'introduction', introduction),
  );
};

function refuseUnknown(kind: TextKind | undefined, field: 'subject' | 'introduction', text: string): void {
  const unknown = kind && unknownPlaceholder(kind, text);
  if (unknown)
    throw new Refusal('invalid', {
      key: 'mail-texts.unknown',
      params: { name: unknown, known: PLACEHOLDERS[kind].map((name) => `{${name}}`).join(' ') },
      field,
    });
}

export async function changeText(ctx: SignedIn, { locale, kind, revision: shown, was, ...typed }: Form) {
  await judgeText(ctx, { kind, ...typed });
  const { form, revision } = await site.merged<settings.MailText>(
    ctx,
    { sender: typed.sender, subject: typed.subject, introduction: typed.introduction },
    (saved) => settings.mailTextOf(saved, locale, kind),
    settings.mailTextFields,
    { revision: shown, was },
  );
  const { mailTexts } = await settings.read(ctx);
  const { sender, ...text } = form;
  const texts = { ...mailTexts[locale]?.texts, [kind]: text };
  if (!text.subject && !text.introduction) delete texts[kind];
  await site.changeSettings(
    ctx,
    { mailTexts: { ...mailTexts, [locale]: { ...(sender && { sender }), texts } } },
    revision,
  );
}

export interface Preview {
  /** Of the address under which the HTML part is. */
  token: string;
  from: string;
  subject: string;
  text: string;
}

/** What a mail of this kind will look like, with made-up people. Nothing is saved. */
export async function previewText(ctx: SignedIn, { locale, kind, ...typed }: Form): Promise<Preview> {
  await judgeText(ctx, { kind, ...typed });
  const saved = await settings.read(ctx);
  const brand = await readBrand(ctx);
  const texts = { [locale]: { sender: typed.sender, texts: { [kind]: typed } } };
  const message = await example(ctx, saved, locale, kind, typed);
  const { fromName, subject, text, html } = await render(message, locale, { ...brand, texts });
  const token = await aside.put(ctx, 'mail-preview', JSON.stringify({ of: ctx.actor.id, html }), KEPT);
  return { token: token ?? '', from: fromName, subject, text };
}

/** The HTML part of one's own preview. */
export async function previewed(ctx: SignedIn, token: string): Promise<string> {
  allow(ctx, 'site.administer');
  const kept = await aside.get(ctx, 'mail-preview', token);
  const { of, html } = JSON.parse(kept ?? '{}') as { of?: string; html?: string };
  if (of !== ctx.actor.id || !html) throw new Refusal('missing');
  return html;
}

async function example(
  ctx: SignedIn,
  { siteName, invitationDays: days }: Settings,
  locale: Locale,
  kind: TextKind,
  own: OwnText,
): Promise<MailMessage> {
  const t = await loadTranslator(locale);
  const [spaceName, name] = [t('mail-texts.example-space'), t('mail-texts.example-name')];
  const inviter = { inviterName: ctx.actor.name, inviterEmail: ctx.actor.email };
  const { origin } = ctx.config;
  const link = { url: `${origin}/signup/…`, expiresAt: ctx.now + days * DAY, days, timeZone: ctx.timeZone };
  switch (kind) {
    case 'invitation': {
      const ready = defaultInvitation(t, { siteName, spaceName, inviterName: ctx.actor.name }, own);
      return { kind, siteName, spaceName, ...inviter, ...ready, ...link };
    }
    case 'user-invitation':
      return { kind, siteName, ...inviter, ...link };
    case 'welcome':
      return {
        kind,
        siteName,
        spaceName,
        name,
        url: `${origin}/spaces/…`,
        loginName: 'name@partner.example',
        password: null,
      };
    case 'reset':
      return { kind, siteName, name, url: `${origin}/reset/…`, minutes: 60 };
  }
}
