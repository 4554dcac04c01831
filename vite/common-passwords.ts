/** Puts the list of common passwords beside the site's files: the Worker loads it when somebody chooses one (passwords.ts). */
import type { Plugin } from 'vite';

/** Below it Cloudflare answers without asking the Worker. The list is public anyway. */
const fileName = '_app/common-passwords.txt';

export const commonPasswords = (): Plugin => ({
  name: 'foyer-common-passwords',
  apply: 'build',
  applyToEnvironment: ({ name }) => name === 'client',
  async generateBundle() {
    const list = await import('@zxcvbn-ts/language-common/dist/passwords.json.mjs');
    this.emitFile({ type: 'asset', fileName, source: list.default.join('\n') });
  },
});
