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
 * The portal's first script is small and fetches what the address wants; the application itself is announced to the
 * browser in the HTML, so that both come at once.
 */
function announceApplication(): Plugin {
  return {
    name: 'b2b-announce-application',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const files = new Set<string>();
        const add = (fileName: string) => {
          const chunk = bundle[fileName];
          if (files.has(fileName) || chunk?.type !== 'chunk') return;
          files.add(fileName);
          chunk.imports.forEach(add);
        };
        const application = Object.values(bundle).find((c) => c.type === 'chunk' && c.facadeModuleId?.endsWith('/portal/start.ts'));
        if (!application) throw new Error('the build made no application of the portal');
        add(application.fileName);
        return {
          html,
          tags: [...files]
            .filter((file) => !html.includes(`/b2b/${file}"`))
            .map((file) => ({ tag: 'link', attrs: { rel: 'modulepreload', href: `/b2b/${file}` }, injectTo: 'head' as const })),
        };
      },
    },
  };
}

export default defineConfig({
  root,
  base: '/b2b/',
  plugins: [svelte(), ...(first ? [copyPlainPages(), announceApplication()] : [])],
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
