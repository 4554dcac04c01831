import { write as writeLink } from '../../links';
import type { MessageKey } from '../../messages';
import { mapOptions } from '../../space-options';
import type { Fields } from '../stale';
import type { Link, SpaceForm } from './form';

export type SettingsForm = SpaceForm & { announcement: string; links: Link[] };

export const fields: Fields<SettingsForm> = {
  name: { label: 'space.name' },
  announcement: { label: 'space.announcement-text' },
  links: { label: 'links.label', write: (links) => links.map(writeLink).join('\n') },
  cover: {
    label: 'space.cover',
    say: (cover) => ({ key: cover.startsWith('file:') ? 'cover.own' : (`cover.${cover}` as MessageKey) }),
  },
  ...mapOptions(({ label }) => ({ label })),
};
