// SPDX-License-Identifier: Apache-2.0
// The strict Content-Security-Policy in advance: no inline script, style or handler, no foreign origin, no eval.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const htmlRules = [
  [/<script(?![^>]*\ssrc=)[^>]*>/i, 'an inline script'],
  [/<style[\s>]/i, 'an inline style sheet'],
  [/<[a-z][^>]*\sstyle\s*=/i, 'a style attribute'],
  [/<[a-z][^>]*\son[a-z]+\s*=/i, 'an event handler attribute'],
  [/javascript:/i, 'a javascript: address'],
  [/<(?:script|link|img|iframe|form)[^>]*\s(?:src|href|action)\s*=\s*["']?(?:[a-z]+:)?\/\//i, 'a foreign address'],
  [/<base[\s>]/i, 'a base element'],
];
const scriptRules = [
  [/\beval\s*\(/, 'eval'],
  [/\bnew Function\s*\(/, 'new Function'],
  [/\bdocument\.write(?:ln)?\s*\(/, 'document.write'],
  [/\bimport\s*\(\s*["'`]https?:/, 'an import from elsewhere'],
  [/\bfetch\s*\(\s*["'`]https?:/, 'a fetch from elsewhere'],
];
const styleRules = [
  [/url\(\s*["']?(?:https?:)?\/\//i, 'an address elsewhere'],
  [/url\(\s*["']?data:/i, 'a data: address'],
  [/@import/i, 'an import at run time'],
];

/** Server-side includes are comments to a browser and are answered by escaped text. */
const withoutIncludes = (text) => text.replace(/<!--#.*?-->/gs, '');

export function checkInline(out) {
  const files = readdirSync(out, { recursive: true }).filter((f) => /\.(html|js|css)$/.test(f));
  return files.sort().map((file) => {
    const text = readFileSync(join(out, file), 'utf8');
    const isHtml = file.endsWith('.html');
    const rules = isHtml ? htmlRules : file.endsWith('.js') ? scriptRules : styleRules;
    const found = rules.filter(([rule]) => rule.test(isHtml ? withoutIncludes(text) : text)).map(([, what]) => what);
    return { name: `nothing inline ${file}`, ok: found.length === 0, detail: found.join(', ') };
  });
}

if (process.argv[1] === import.meta.filename) {
  const results = checkInline(process.argv[2] ?? '../build/htdocs');
  for (const r of results) console.log(`${r.ok ? 'ok' : 'not ok'} - ${r.name}${r.detail ? `: ${r.detail}` : ''}`);
  process.exit(results.every((r) => r.ok) ? 0 : 1);
}
