import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { chunks } from './vite/chunks';
import { compiledWords } from './vite/words';

export default defineConfig({
  plugins: [sveltekit(), compiledWords()],
  environments: {
    client: { build: { rolldownOptions: { output: { codeSplitting: { groups: chunks } } } } },
  },
});
