// SPDX-License-Identifier: Apache-2.0
// node tests/browser/run.mjs [WORD…]      the tests, or those whose name has one of the words
//
// Servers with the demo's data must answer. Each test file belongs to one of two servers, so that two run side by side
// and no file meets what another one changed meanwhile; if there is one server it gets all of them.
// B2B_BROWSER_URL       the servers' addresses, with spaces between (default http://portals.localhost:8080)
// B2B_BROWSER_MAIL      their mail catchers' addresses, for the walk through an invitation
// B2B_BROWSER_PACKAGES  folder with the pages' node_modules (default htdocs)
// B2B_BROWSER_SHOTS     where pictures go (default build/browser)
// B2B_BROWSER_JUNIT     a JUnit file to write
import { fork } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const words = process.argv.slice(2);
const list = (name, otherwise) => (process.env[name] ?? otherwise).split(' ').filter(Boolean);
const urls = list('B2B_BROWSER_URL', 'http://portals.localhost:8080');
const mails = list('B2B_BROWSER_MAIL', '');

/* Of the second server: the console's own, which take about half of the time. */
const SECOND = /^console-/;
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.mjs'));
const of = (number) => files.filter((file) => urls.length === 1 || SECOND.test(file) === (number === 1)).sort();

const results = [];
function ended(result) {
  const { name, fault, seconds } = result;
  results.push(result);
  console.log(`${fault ? 'not ok' : 'ok'} - ${name} (${seconds.toFixed(1)} s)`);
  if (fault) console.log(fault.stack.replace(/^/gm, '    '));
}

/** Runs the files of one server; a worker that ends too early is a failure of the test it was at. */
function work(number) {
  const env = { ...process.env, B2B_BROWSER_URL: urls[number], B2B_BROWSER_MAIL: mails[number] ?? '' };
  const worker = fork(join(import.meta.dirname, 'worker.mjs'), [of(number).join(), ...words], { env });
  let running = `the tests of ${urls[number]}`;
  worker.on('message', (said) => {
    if ('running' in said) running = said.running;
    else ended(said);
  });
  return new Promise((done) => {
    worker.on('close', (code, signal) => {
      const why = `the runner ended with ${signal ?? code}`;
      if (code !== 0) ended({ name: running, fault: { message: why, stack: why }, seconds: 0 });
      done();
    });
  });
}

console.log(`# against ${urls.join(' and ')}`);
await Promise.all(urls.slice(0, 2).map((_, number) => work(number)));

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
