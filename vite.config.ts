import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { chunks } from './vite/chunks';
import { commonPasswords } from './vite/common-passwords';
import { compiledWords } from './vite/words';

export default defineConfig({
  plugins: [sveltekit(), compiledWords(), commonPasswords()],
  environments: {
    client: { build: { rolldownOptions: { output: { codeSplitting: { groups: chunks } } } } },
  },
});
