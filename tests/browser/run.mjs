// SPDX-License-Identifier: Apache-2.0
// node tests/browser/run.mjs [WORD…]      the tests, or those whose name has one of the words
//
// A server with the demo's data must answer at B2B_BROWSER_URL (default http://portals.localhost:8080).
// B2B_BROWSER_PACKAGES  folder with the pages' node_modules (default htdocs)
// B2B_BROWSER_SHOTS     where pictures go (default build/browser)
// B2B_BROWSER_MAIL      the mail catcher's address, for the walk through an invitation
// B2B_BROWSER_JUNIT     a JUnit file to write
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { close, closeAll, consoleUrl, launch, pictures, registered } from './harness.mjs';

const LIMIT = 90_000;
const words = process.argv.slice(2);
const here = import.meta.dirname;
for (const file of readdirSync(here).sort()) {
  if (file.endsWith('.test.mjs')) await import(join(here, file));
}

const wanted = registered().filter(({ name }) => !words.length || words.some((word) => name.includes(word)));
const results = [];

function timeout(name) {
  let timer;
  const promise = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} took longer than ${LIMIT / 1000} s`)), LIMIT);
  });
  return [promise, () => clearTimeout(timer)];
}

try {
  await launch();
  console.log(`# ${wanted.length} tests against ${consoleUrl}`);
  for (const { name, body } of wanted) {
    const began = Date.now();
    const [late, inTime] = timeout(name);
    let fault;
    try {
      await Promise.race([body(), late]);
    } catch (thrown) {
      fault = thrown;
    }
    inTime();
    if (fault) await pictures(name);
    await closeAll();
    const seconds = (Date.now() - began) / 1000;
    results.push({ name, fault, seconds });
    console.log(`${fault ? 'not ok' : 'ok'} - ${name} (${seconds.toFixed(1)} s)`);
    if (fault) console.log(String(fault.stack ?? fault).replace(/^/gm, '    '));
  }
} finally {
  await close();
}

const failed = results.filter((r) => r.fault).length;
if (process.env.B2B_BROWSER_JUNIT) {
  const escape = (text) =>
    String(text)
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f]/g, '')
      .replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
  const cases = results.map(
    (r) =>
      `<testcase classname="browser" name="${escape(r.name)}" time="${r.seconds}">` +
      (r.fault ? `<failure message="${escape(r.fault.message)}">${escape(r.fault.stack)}</failure>` : '') +
      '</testcase>',
  );
  const head = `<testsuite name="browser" tests="${results.length}" failures="${failed}">`;
  writeFileSync(process.env.B2B_BROWSER_JUNIT, `<?xml version="1.0"?>\n${head}\n${cases.join('\n')}\n</testsuite>\n`);
}
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 && results.length > 0 ? 0 : 1);
