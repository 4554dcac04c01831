/**
 * In the browser: a page's data that does not arrive is asked for again. Kit would give the page up, with everything typed, for the
 * browser's own error page.
 */

import { UNATTENDED } from '../unattended';

const isData = (input: RequestInfo | URL): boolean =>
  typeof input === 'string' && /\/__data\.json(\?|$)/.test(input);

/** A proxy's answer, not ours. */
const isProxys = ({ status }: Response): boolean => status >= 502;

/**
 * @param here whether somebody is in front of the page: what it loads by itself otherwise is no use of the session
 * @param halted waits until somebody tries again; undefined: nobody needs this data yet
 */
export const patiently =
  (
    fetch: typeof window.fetch,
    halted: () => Promise<void> | undefined,
    here: () => boolean = () => true,
  ): typeof window.fetch =>
  async (input, init) => {
    if (!isData(input)) return fetch(input, init);
    for (;;) {
      const asked = here() ? init : { ...init, headers: { ...init?.headers, [UNATTENDED]: '1' } };
      const answer = await fetch(input, asked).catch((error: unknown) => error);
      if (answer instanceof Response && !isProxys(answer)) return answer;
      const again = halted();
      if (again) await again;
      else if (answer instanceof Response) return answer;
      else throw answer;
    }
  };
