// SPDX-License-Identifier: Apache-2.0
// npm run check: types, lint, unit tests, page budgets and the rule that nothing is inline.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkBudgets } from './budgets.mjs';
import { checkInline } from './inline.mjs';

const root = resolve(import.meta.dirname, '..');
const out = mkdtempSync(join(tmpdir(), 'b2b-pages-'));
const env = { ...process.env, B2B_PAGES_OUT: out };
let passed = 0;
let failed = 0;

function report(name, ok, detail = '') {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? 'ok' : 'not ok'} - ${name}${detail ? `: ${detail}` : ''}`);
}

function run(name, command, ...args) {
  const { status } = spawnSync(join(root, 'node_modules/.bin', command), args, { cwd: root, env, stdio: 'inherit' });
  report(name, status === 0);
  return status === 0;
}

function build() {
  const { status } = spawnSync(process.execPath, ['build.mjs', '--logLevel', 'warn'], { cwd: root, env, stdio: 'inherit' });
  report('build', status === 0);
  return status === 0;
}

try {
  run('types from the contract', 'openapi-typescript', '../docs/openapi.yaml', '-o', 'src/api/schema.d.ts');
  run('types', 'svelte-check', '--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human');
  run('lint', 'eslint', '--max-warnings', '0', '.');
  run('unit tests', 'vitest', 'run');
  if (build()) {
    for (const r of checkBudgets(out)) report(r.name, r.ok, r.detail);
    for (const r of checkInline(out)) report(r.name, r.ok, r.detail);
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
