/** Whose page this is: the person it was opened by, who may no longer be the one that is logged in. The root layout provides it. */
import { createContext } from 'svelte';

/** The field by which forms that scripts send say it (http.ts). */
export const OWNER_FIELD = 'page-of';

const [getOwner, setOwner] = createContext<string | undefined>();

/** Root layout only. */
export const providePageOwner = setOwner;

export const usePageOwner = (): string | undefined => getOwner();
