/**
 * scrypt at almost no cost: hundreds of tests sign up and log in, and are not about hashing time. passwords.test.ts uses the real
 * one.
 */
import * as real from 'node:crypto';

export * from 'node:crypto';

export const cost = { real: false };

const reduced = (options: real.ScryptOptions): real.ScryptOptions =>
  cost.real ? options : { ...options, N: options.N! / 256 };

/** @public vitest.config.ts replaces the real one by it */
export const scrypt = (
  password: real.BinaryLike,
  salt: real.BinaryLike,
  length: number,
  options: real.ScryptOptions,
  done: (error: Error | null, key: Buffer) => void,
): void => real.scrypt(password, salt, length, reduced(options), done);

/** @public as above */
export const scryptSync = (
  password: real.BinaryLike,
  salt: real.BinaryLike,
  length: number,
  options: real.ScryptOptions,
): Buffer => real.scryptSync(password, salt, length, reduced(options));
