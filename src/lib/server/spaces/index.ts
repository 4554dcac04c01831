export { change, judge, settingsOf } from './settings';
export { list, someWithout } from './administration';
export { card } from './card';
export { create } from './create';
export { nameOfEnded } from './ended';
export { overview } from './overview';
export { people } from './people';
export { portal } from './portal';
export type { SpaceForm } from './form';
