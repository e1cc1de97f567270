// SPDX-License-Identifier: Apache-2.0
// Builds the pages: two applications (admin/, portal/) and four plain pages without a script; build.mjs runs it for each.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const plainPages = ['login.html', 'invitation.html', 'error.html', 'signed-out.html'];
/* Which application: the plain pages and the emptying of the folder go with the first one. */
const part = process.env['B2B_PAGES_PART'] ?? 'portal';
const first = part === 'portal';
const outDir = process.env['B2B_PAGES_OUT'] ?? '../build/htdocs';

/*
 * The plain pages hold server-side includes, also inside attributes, which no HTML parser may
 * touch. They are copied byte for byte; only the addresses of style sheet and icon get their hashes.
 */
function copyPlainPages(): Plugin {
  return {
    name: 'b2b-plain-pages',
    apply: 'build',
    buildStart() {
      for (const page of plainPages) this.addWatchFile(resolve(root, page));
    },
    generateBundle(_options, bundle) {
      const sheet = Object.keys(bundle).find((name) => /^assets\/plain-[^/]+\.css$/.test(name));
      const icon = Object.keys(bundle).find((name) => /^assets\/favicon-[^/]+\.svg$/.test(name));
      if (!icon) this.error('the build made no icon');
      if (!sheet) this.error('the build made no style sheet for the plain pages');
      for (const page of plainPages) {
        const text = readFileSync(resolve(root, page), 'utf8');
        if (!text.includes('/b2b/styles/plain.css')) this.error(`${page} does not link /b2b/styles/plain.css`);
        this.emitFile({
          type: 'asset',
          fileName: page,
          source: text
            .replaceAll('/b2b/styles/plain.css', `/b2b/${sheet}`)
            .replaceAll('/b2b/styles/favicon.svg', `/b2b/${icon}`),
        });
      }
    },
  };
}

export default defineConfig({
  root,
  base: '/b2b/',
  plugins: [svelte(), ...(first ? [copyPlainPages()] : [])],
  build: {
    outDir,
    emptyOutDir: first,
    /* What runs relative colours and light-dark() runs all of this: nothing is rewritten for older ones. */
    target: ['chrome125', 'firefox128', 'safari18'],
    cssTarget: ['chrome125', 'firefox128', 'safari18'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: `.vite/${part}.json`,
    rollupOptions: {
      input: {
        [part]: resolve(root, part, 'index.html'),
        ...(first ? { plain: resolve(root, 'styles/plain.css') } : {}),
      },
    },
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['tests/unit/**/*.test.ts'],
  },
});
