import regexp from 'eslint-plugin-regexp';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

export default ts.config(
  {
    ignores: ['node_modules', '**/.svelte-kit', '.wrangler', 'drizzle', 'test-results', 'playwright-report'],
  },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    // A pattern slower than linear lets one visitor stop the Worker for everybody.
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': [
        'error',
        { report: 'potential', ignorePartial: false, ignoreSticky: false },
      ],
    },
  },
  {
    files: ['src/**'],
    ignores: ['**/*.test.ts', 'src/lib/browser/refresh.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.property.name='normalize']",
          message: 'String.normalize takes quadratic time: use normalize of $lib/normalize.',
        },
        {
          selector: "CallExpression[callee.name='invalidateAll']",
          message: 'invalidateAll drops a navigation that is under way: use refresh of $lib/refresh.',
        },
        {
          selector:
            "VariableDeclaration[kind='let'] > VariableDeclarator > CallExpression[callee.name='$derived']",
          message: 'Fresh data of the page would undo what somebody chose: keep the choice in a $state.',
        },
      ],
    },
  },
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `paths.base` is never set, so in-site links are plain root-relative paths.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  // The parser of TypeScript takes what Node refuses to run.
  { files: ['scripts/**/*.mjs'], rules: { 'no-redeclare': 'error' } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
);
