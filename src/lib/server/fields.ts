/** Names of form fields whose values are never sent back to a browser and never kept. */
const SECRET = new Set(['password', 'current', 'token', 'code']);

export const isSecret = (name: string): boolean => SECRET.has(name);
