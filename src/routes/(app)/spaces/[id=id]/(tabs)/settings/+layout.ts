export const load = () => ({ covered: true });
