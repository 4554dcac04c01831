import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import { actorName, type Actor } from './activity';
import { longTime, type Compose } from './compose';

/** The access of a guest ends soon, or has ended, or they ask for more time: to them, or to who answers for them. */
export interface AccessEndsMail {
  kind: 'access-ends';
  siteName: string;
  spaceName: string;
  what: 'soon' | 'ended' | 'asked';
  endsAt: number;
  /** The reader's. */
  timeZone: string | null;
  /** Null: the reader. */
  guest: Actor | null;
  url: string;
}

export const composeAccessEnds: Compose<AccessEndsMail> = (
  { spaceName, what, endsAt, timeZone, guest, url },
  { t, locale },
) => {
  const space = oneLine(spaceName);
  const when = longTime(locale, timeZone ?? 'UTC', endsAt);
  if (guest === null || guest === undefined) {
    const own = what === 'ended' ? 'ended' : 'soon';
    const happened = t(`mail.access-ends.${own}-own`, { space, when });
    return {
      subject: t(`mail.access-ends.${own}-own-subject`, { space }),
      preheader: happened,
      blocks: [
        paragraph(happened),
        paragraph(t('mail.access-ends.own-next')),
        { kind: 'button', label: t('mail.access-ends.own-button'), url },
      ],
      note: t('mail.access-ends.own-note'),
    };
  }
  const who = actorName(t, guest);
  const happened = t(`mail.access-ends.${what}`, { guest: who, space, when });
  return {
    subject: t(`mail.access-ends.${what}-subject`, { guest: who, space }),
    preheader: happened,
    blocks: [
      paragraph(happened),
      paragraph(t(`mail.access-ends.${what}-next`)),
      { kind: 'button', label: t('mail.access-ends.button'), url },
    ],
    note: t('mail.access-ends.note'),
  };
};
