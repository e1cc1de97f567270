// SPDX-License-Identifier: Apache-2.0
// Started by run.mjs for each server: runs the tests of the files that it is given and tells of each how it ended.
//
// node worker.mjs FILES [WORD…]    FILES: names, with commas between; B2B_BROWSER_URL: the server
import { join } from 'node:path';
import { close, closeAll, launch, pictures, registered } from './harness.mjs';

/* When the runner has gone, or this is done; whatever a test that took too long left behind keeps nobody waiting. */
process.on('disconnect', () => process.exit());

/** Milliseconds for one test; it is the end of one that hangs and no measure of any other. */
const LIMIT = 300_000;
const [files, ...words] = process.argv.slice(2);
for (const file of files.split(',')) await import(join(import.meta.dirname, file));

function timeout(name) {
  let timer;
  const promise = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} took longer than ${LIMIT / 1000} s`)), LIMIT);
  });
  return [promise, () => clearTimeout(timer)];
}

async function run({ name, body }) {
  const began = Date.now();
  const [late, inTime] = timeout(name);
  let fault;
  try {
    await Promise.race([body(), late]);
  } catch (thrown) {
    fault = { message: String(thrown?.message ?? thrown), stack: String(thrown?.stack ?? thrown) };
  }
  inTime();
  if (fault) fault.stack = [fault.stack, ...(await pictures(name))].join('\n');
  await closeAll();
  return { name, fault, seconds: (Date.now() - began) / 1000 };
}

const wanted = registered().filter(({ name }) => !words.length || words.some((word) => name.includes(word)));
try {
  if (wanted.length) await launch();
  for (const test of wanted) {
    process.send({ running: test.name });
    process.send(await run(test));
  }
} finally {
  await close();
}
process.disconnect();
