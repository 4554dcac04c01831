/** How the domain refuses. Any other thrown error is a bug and answers 500. */
import type { SavedField } from '../forms';
import type { MessageKey } from '../messages';

/** `missing`: cannot be reached (404). `forbidden`: reachable, but not allowed (pages 404, posts and API 403). */
export type RefusalKind =
  | 'missing'
  | 'forbidden'
  | 'invalid'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  | 'throttled'
  | 'unavailable';

const STATUS: Record<RefusalKind, number> = {
  missing: 404,
  forbidden: 403,
  invalid: 400,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  throttled: 429,
  unavailable: 503,
};

export interface RefusalDetail {
  key?: MessageKey;
  params?: Record<string, string | number>;
  /** The form field concerned. */
  field?: string;
  /** What else is wrong with the same form. */
  also?: Refusal[];
  /** Of a form that is older than what is saved (stale.ts). */
  newer?: { values: Record<string, string>; saved: SavedField[] };
}

export class Refusal extends Error {
  readonly status: number;
  constructor(
    readonly kind: RefusalKind,
    readonly detail: RefusalDetail = {},
  ) {
    super(`${kind}${detail.key ? `: ${detail.key}` : ''}`);
    this.name = 'Refusal';
    this.status = STATUS[kind];
  }
}

/** All of them in one, in this order. */
export function refuseAll(...found: (Refusal | null | undefined | false)[]): void {
  const [first, ...also] = found.filter((one) => one instanceof Refusal);
  if (first) throw new Refusal(first.kind, { ...first.detail, also });
}

/** Runs every check and refuses all that they find about fields. What is not about a field is thrown right away. */
export async function checkAll(...checks: (() => unknown)[]): Promise<void> {
  const found: Refusal[] = [];
  for (const check of checks)
    try {
      await check();
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || !thrown.detail.field) throw thrown;
      found.push(thrown);
    }
  refuseAll(...found);
}

export class LostRace extends Error {
  constructor() {
    super('a conditional write touched no row');
    this.name = 'LostRace';
  }
}
