import { filled, isTextKind, type MailTexts } from '../../../mail-texts';
import type { Locale } from '../../../messages';
import { oneLine } from '../../../text';
import type { MailContent } from '../layout/content';

interface Message {
  kind: string;
  siteName: string;
}

/** Own words come before ours, which stay: nobody loses what a mail has to say. An invitation's are its inviter's. */
export function inOwnWords(message: Message, own: MailTexts[Locale], content: MailContent): MailContent {
  const { kind } = message;
  const words = isTextKind(kind) && kind !== 'invitation' ? own?.texts?.[kind] : undefined;
  if (!words) return content;
  const values = valuesOf(message);
  const { subject, introduction } = words;
  return {
    ...content,
    ...(subject && { subject: oneLine(filled(subject, values)) }),
    ...(introduction && {
      // So that lists of mails show the introduction.
      preheader: '',
      blocks: [{ kind: 'user-text', text: filled(introduction, values) }, ...content.blocks],
    }),
  };
}

function valuesOf(message: Message): Record<string, string> {
  const site = oneLine(message.siteName);
  const said = (name: string) => {
    const value = ({ ...message } as Record<string, unknown>)[name];
    return typeof value === 'string' ? oneLine(value) : '';
  };
  return { site, name: said('name'), space: said('spaceName') || site, inviter: said('inviterName') };
}
