/** In the browser: whether somebody is in front of the page. */
import { MINUTE } from '../time';

/** After this long without input, nobody is taken to be there. */
export const IDLE = 5 * MINUTE;

/** Not `scroll`, which the page also causes itself. */
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'focus'];

const inFront = (): boolean => !document.hidden && document.hasFocus();

/** @param quiet after this long without a sign of life, nobody is there @param may there be anybody at all */
export function attend(quiet: number, changed: (here: boolean) => void, may = inFront) {
  const ends = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let here = may();

  const tell = (now: boolean) => {
    if (now === here) return;
    here = now;
    changed(now);
  };
  const look = () => {
    clearTimeout(timer);
    if (may()) timer = setTimeout(() => tell(false), quiet);
    tell(may());
  };

  const how = { signal: ends.signal, passive: true };
  for (const sign of SIGNS) addEventListener(sign, look, how);
  addEventListener('blur', look, how);
  document.addEventListener('visibilitychange', look, how);
  look();

  return {
    here: () => here,
    stop: () => {
      clearTimeout(timer);
      ends.abort();
    },
  };
}
