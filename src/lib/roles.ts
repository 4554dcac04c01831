/** What a person is to a space. The logic is in server/policy.ts. */
export type SpaceRole = 'none' | 'guest' | 'member' | 'space-administrator';

/** Who may create guest spaces; `chosen`: whose account says so. Administrators always may. */
export const spaceCreatorChoices = ['administrators', 'chosen', 'everyone'] as const;
export type SpaceCreators = (typeof spaceCreatorChoices)[number];
