import { oneLine } from '../../../text';
import { paragraph } from '../layout/content';
import type { Compose } from './compose';

export interface RemovedMail {
  kind: 'removed';
  siteName: string;
  spaceName: string;
  actorName?: string;
}

export const composeRemoved: Compose<RemovedMail> = ({ spaceName, actorName }, { t, site }) => {
  const space = oneLine(spaceName);
  const removed = t('mail.removed.body', { space, site });
  return {
    sender: actorName === undefined ? undefined : { name: actorName, guest: false },
    subject: t('mail.removed.subject', { space }),
    preheader: removed,
    blocks: [paragraph(removed), paragraph(t('mail.removed.rest'))],
    note:
      actorName === undefined ? t('mail.removed.note') : t('mail.removed.note-actor', { actor: actorName }),
  };
};
