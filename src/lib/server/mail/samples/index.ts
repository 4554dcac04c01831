import { loadTranslator, type Locale } from '../../../messages';
import { render, type MailMessage, type RenderedMail } from '../messages';
import { sampleData } from './data';
import { sampleMessages } from './messages';

interface Sample extends RenderedMail {
  /** Fits into a path: `invitation-markup`. */
  name: string;
  message: MailMessage;
}

export async function samples(locale: Locale): Promise<Sample[]> {
  const t = await loadTranslator(locale);
  const list = Object.entries(sampleData).flatMap(([dataName, data]) =>
    sampleMessages(data, t).map((message) => ({ name: `${nameOf(message)}-${dataName}`, message })),
  );
  return Promise.all(list.map(async (sample) => ({ ...sample, ...(await render(sample.message, locale)) })));
}

function nameOf(message: MailMessage): string {
  if (message.kind === 'code') return `code-${message.purpose}`;
  if (message.kind === 'welcome') return message.spaceName === null ? 'welcome-site' : 'welcome-space';
  if (message.kind === 'invite-over') return `over-${message.what}`;
  if (message.kind === 'link-asked' && message.removed) return 'link-asked-after-removal';
  if (message.kind === 'notification') return `notification-${message.event}`;
  if (message.kind === 'digest')
    return `digest-of-${message.joined ? (message.texts !== 0 ? 'all' : message.joined[0]?.left ? 'departures' : 'arrivals') : message.count === 7 ? 'spaces' : message.count === 3 ? 'a-space' : 'a-thread'}`;
  return message.kind;
}
