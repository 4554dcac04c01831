/** Form fields whose values are never sent back and never kept. */
const SECRET = new Set(['password', 'current', 'ownPassword', 'token', 'code']);

export const isSecret = (name: string): boolean => SECRET.has(name);
