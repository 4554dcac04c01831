// The Chromium of the system. Its headless shell draws the same pages with half the processor time of the whole browser.
import { existsSync } from 'node:fs';

export const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';

/** Its path, or undefined where there is none: then Playwright takes the one that it downloaded. */
export const systemChromium = () => [HEADLESS_SHELL, '/usr/bin/chromium'].find((path) => existsSync(path));
