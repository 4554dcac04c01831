/** The words for what a person is to a space. No logic: that is server/policy.ts. */
export type SpaceRole = 'none' | 'guest' | 'member' | 'space-administrator';
