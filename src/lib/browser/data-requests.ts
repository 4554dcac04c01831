/**
 * In the browser: a page's data that does not arrive is asked for again. Kit would give the page up, with everything typed, for the
 * browser's own error page.
 */

const isData = (input: RequestInfo | URL): boolean =>
  typeof input === 'string' && /\/__data\.json(\?|$)/.test(input);

/** A proxy's answer, not ours. */
const isProxys = ({ status }: Response): boolean => status >= 502;

/** @param halted waits until somebody tries again; undefined: nobody needs this data yet */
export const patiently =
  (fetch: typeof window.fetch, halted: () => Promise<void> | undefined): typeof window.fetch =>
  async (input, init) => {
    if (!isData(input)) return fetch(input, init);
    for (;;) {
      const answer = await fetch(input, init).catch((error: unknown) => error);
      if (answer instanceof Response && !isProxys(answer)) return answer;
      const again = halted();
      if (again) await again;
      else if (answer instanceof Response) return answer;
      else throw answer;
    }
  };
