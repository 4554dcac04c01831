/** The options of a space. Columns, forms, templates and summaries derive from this table. */
import type { MessageKey } from './messages';

interface Option {
  column: string;
  default: boolean;
  /** `rules`: what people may do. `parts`: what the page shows. */
  group: 'rules' | 'parts';
  label: MessageKey;
  hint?: MessageKey;
}

export const spaceOptions = {
  severalThreads: {
    column: 'several_threads',
    default: true,
    group: 'rules',
    label: 'space.several',
    hint: 'space.several-hint',
  },
  blockJoining: {
    column: 'block_joining',
    default: false,
    group: 'rules',
    label: 'space.block-joining',
  },
  blockFollowing: {
    column: 'block_following',
    default: false,
    group: 'rules',
    label: 'space.block-following',
  },
  /** Guests see no other guests and none of their texts. Only access/visibility.ts decides by this. */
  guestsHidden: {
    column: 'guests_hidden',
    default: false,
    group: 'rules',
    label: 'space.guests-hidden',
    hint: 'space.guests-hidden-hint',
  },
  showAnnouncement: {
    column: 'show_announcement',
    default: true,
    group: 'parts',
    label: 'space.part-showAnnouncement',
  },
  showThreads: {
    column: 'show_threads',
    default: true,
    group: 'parts',
    label: 'space.part-showThreads',
  },
  showPeople: {
    column: 'show_people',
    default: true,
    group: 'parts',
    label: 'space.part-showPeople',
  },
  showLinks: {
    column: 'show_links',
    default: true,
    group: 'parts',
    label: 'space.part-showLinks',
  },
} as const satisfies Record<string, Option>;

export type SpaceOption = keyof typeof spaceOptions;
export type SpaceOptions = Record<SpaceOption, boolean>;

export const spaceOptionList = (Object.entries(spaceOptions) as [SpaceOption, Option][]).map(
  ([name, option]) => ({ name, ...option }),
);

export const mapOptions = <Value>(
  valueOf: (option: (typeof spaceOptionList)[number]) => Value,
): Record<SpaceOption, Value> =>
  Object.fromEntries(spaceOptionList.map((option) => [option.name, valueOf(option)])) as Record<
    SpaceOption,
    Value
  >;

export const optionsOf = (from: SpaceOptions): SpaceOptions => mapOptions(({ name }) => from[name]);

export const defaultOptions: SpaceOptions = mapOptions((option) => option.default);
