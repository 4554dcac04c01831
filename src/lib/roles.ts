/** What a person is to a space. The logic is in server/policy.ts. */
export type SpaceRole = 'none' | 'guest' | 'member' | 'space-administrator';
