/** Settings are a dialog over the space. */
export const load = () => ({ covered: true });
