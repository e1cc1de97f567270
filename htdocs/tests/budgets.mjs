// SPDX-License-Identifier: Apache-2.0
// What each page weighs before anything is clicked: its HTML and everything it loads by static import, gzipped.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const PLAIN = 10 * KB;
const budgets = {
  'login.html': PLAIN,
  'invitation.html': PLAIN,
  'error.html': PLAIN,
  'signed-out.html': PLAIN,
  'portal/index.html': 40 * KB,
  /* With the page of a form, which is announced. */
  'portal/instance.html': 80 * KB,
  'admin/index.html': 120 * KB,
};

/** Every file of ours that the page loads at once: links, scripts, preloads and what those import. */
export function initialFiles(out, page) {
  const seen = new Set([page]);
  const todo = [page];
  while (todo.length) {
    const name = todo.pop();
    const text = readFileSync(join(out, name), 'utf8');
    const found = [];
    if (name.endsWith('.html')) {
      for (const m of text.matchAll(/(?:src|href)="\/b2b\/(assets\/[^"]+)"/g)) found.push(m[1]);
    } else if (name.endsWith('.js')) {
      /* Static imports only: `import"./x.js"`, `from"./x.js"`; not `import("./x.js")`. */
      for (const m of text.matchAll(/(?:\bimport|\bfrom)\s*["'`]\.\/([\w.-]+\.(?:js|css))["'`]/g)) found.push(`assets/${m[1]}`);
    }
    for (const file of found) {
      if (seen.has(file)) continue;
      seen.add(file);
      todo.push(file);
    }
  }
  return [...seen];
}

export function checkBudgets(out) {
  const results = [];
  for (const [page, budget] of Object.entries(budgets)) {
    if (!existsSync(join(out, page))) {
      results.push({ name: `budget ${page}`, ok: false, detail: 'the build made no such page' });
      continue;
    }
    const files = initialFiles(out, page);
    const size = files.reduce((sum, f) => sum + gzipSync(readFileSync(join(out, f)), { level: 9 }).length, 0);
    const detail = `${(size / KB).toFixed(1)} kB of ${budget / KB} kB in ${files.length} files`;
    results.push({ name: `budget ${page}`, ok: size <= budget, detail });
  }
  return results;
}

if (process.argv[1] === import.meta.filename) {
  const results = checkBudgets(process.argv[2] ?? '../build/htdocs');
  for (const r of results) console.log(`${r.ok ? 'ok' : 'not ok'} - ${r.name}: ${r.detail}`);
  process.exit(results.every((r) => r.ok) ? 0 : 1);
}
