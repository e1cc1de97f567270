// SPDX-License-Identifier: Apache-2.0
// node build.mjs [--logLevel warn]: builds the portal with the plain pages, then the console, each for itself: in one
// build they would share one copy of Svelte with whatever either of them uses, and the portal would carry the console's.
import { build } from 'vite';

const at = process.argv.indexOf('--logLevel');
const logLevel = at > 0 ? process.argv[at + 1] : 'info';
for (const part of ['portal', 'admin']) {
  process.env['B2B_PAGES_PART'] = part;
  await build({ root: import.meta.dirname, configFile: new URL('vite.config.ts', import.meta.url).pathname, logLevel });
}
