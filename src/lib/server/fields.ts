/** Names of form fields whose content never goes back to a browser, and is kept nowhere. */
const SECRET = new Set(['password', 'current', 'token', 'code']);

export const isSecret = (name: string): boolean => SECRET.has(name);
