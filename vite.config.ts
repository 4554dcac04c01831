import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { chunks } from './vite/chunks';
import { compiledWords } from './vite/words';

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [sveltekit(), compiledWords()],
  build: isSsrBuild ? {} : { rolldownOptions: { output: { codeSplitting: { groups: chunks } } } },
}));
