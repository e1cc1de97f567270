// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import svelteConfig from './svelte.config.js';

/* {@html} and inline style attributes would break the strict Content-Security-Policy. */
const noInlineStyle = {
  selector: 'SvelteAttribute[key.name="style"]',
  message: 'A style attribute breaks the Content-Security-Policy: use a class or the style:name directive.',
};

export default ts.config(
  { ignores: ['node_modules/', 'src/api/schema.d.ts', '**/build/**'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
    rules: {
      'svelte/no-at-html-tags': 'error',
      'svelte/no-navigation-without-resolve': 'off', // our own router, not SvelteKit's
      'svelte/prefer-svelte-reactivity': 'off', // sets and URLs are replaced, never changed in place
      'no-restricted-syntax': ['error', noInlineStyle],
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
);
