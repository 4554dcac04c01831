// The system's Chromium. Its headless shell takes half the processor time of the whole browser.
import { existsSync } from 'node:fs';

export const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';

/** Undefined: Playwright uses its own download. */
export const systemChromium = () => [HEADLESS_SHELL, '/usr/bin/chromium'].find((path) => existsSync(path));
