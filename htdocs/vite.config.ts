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

/*
 * The page of one instance has an HTML of its own, which announces what of it is fetched when it is wanted: it comes
 * with the application, not after it. The server gives it for the addresses of such pages.
 */
function announceForms(): Plugin {
  return {
    name: 'b2b-announce-forms',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const html = bundle['portal/index.html'];
      const page = Object.values(bundle).find((c) => c.type === 'chunk' && c.facadeModuleId?.endsWith('/InstancePage.svelte'));
      if (html?.type !== 'asset' || page?.type !== 'chunk') return this.error('the build made no page of an instance');
      const tags: string[] = [];
      const add = (fileName: string) => {
        const chunk = bundle[fileName];
        if (chunk?.type !== 'chunk' || String(html.source).includes(`/b2b/${fileName}"`)) return;
        const script = `<link rel="modulepreload" fetchpriority="low" crossorigin href="/b2b/${fileName}">`;
        if (tags.includes(script)) return;
        tags.push(script);
        for (const sheet of chunk.viteMetadata?.importedCss ?? []) tags.push(`<link rel="stylesheet" crossorigin href="/b2b/${sheet}">`);
        chunk.imports.forEach(add);
      };
      add(page.fileName);
      const source = String(html.source).replace('</head>', `${tags.map((tag) => `  ${tag}\n  `).join('')}</head>`);
      this.emitFile({ type: 'asset', fileName: 'portal/instance.html', source });
    },
  };
}

/*
 * Each file is a round trip, six at a time where there is no HTTP/2. So the portal's are few: what every page has, what
 * lists are made of, what else more than one page has, and a file a page.
 */
const code = /\.(ts|js|mjs|json|svelte)$/;
const ofLists = /\/(ui\/(DataTable|Pagination|table)|portal\/instances\/(InstanceTable|ColumnsMenu|FieldFilter|columns|query))\./;
const groups = [
  { name: 'portal', test: (id: string) => code.test(id), tags: ['$initial' as const], priority: 3 },
  { name: 'shared', test: (id: string) => code.test(id) && !ofLists.test(id), minShareCount: 2, priority: 2 },
  { name: 'lists', test: (id: string) => code.test(id), minShareCount: 2, priority: 1 },
];

export default defineConfig({
  root,
  base: '/b2b/',
  plugins: [svelte(), ...(first ? [copyPlainPages(), announceForms()] : [])],
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
      output: first ? { codeSplitting: { groups } } : {},
    },
  },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['tests/unit/**/*.test.ts'],
  },
});
