// SPDX-License-Identifier: Apache-2.0
// node tests/bench/form-page.mjs [--check]: how long until a form of 100 fields can be filled in, at 1.6 Mbit/s, 150 ms
// there and back, with a processor 4 times as slow and nothing kept from an earlier visit. `make bench-form-page` starts
// a demo for it; alone it takes the one at B2B_BROWSER_URL.
import { close, closeAll, consoleUrl, launch, open, portalUrl } from '../browser/harness.mjs';
import { person } from '../browser/people.mjs';
import { creator, shareProcess } from '../browser/work.mjs';

const MOST = 1500;
const RUNS = Number(process.env.RUNS ?? 7);
const line = { offline: false, latency: Number(process.env.LATENCY ?? 150), downloadThroughput: 200_000, uploadThroughput: 96_000 };

const options = ['north', 'south', 'east', 'west'].map((value) => ({ value, label: value }));
const kinds = [
  { type: 'text', help: 'As it is written on the label.' },
  { type: 'text', multiline: true },
  { type: 'choice', appearance: 'dropdown', options },
  { type: 'choice', appearance: 'radio', options },
  { type: 'number', format: 'decimal' },
  { type: 'number', format: 'currency', currency: 'EUR', min: 0 },
  { type: 'date' },
  { type: 'date_time' },
  { type: 'toggle' },
  { type: 'text', pattern: '[A-Z]{2}-\\d+', required: true },
];
const fields = Array.from({ length: 100 }, (_, i) => ({
  ...kinds[i % kinds.length],
  name: `field_${i + 1}`,
  title: `Field ${i + 1}`,
  width: i % 3 === 0 ? 12 : 6,
  ...(i % 10 === 9 ? { shown_when: { field: `field_${i - 8}`, is: 'empty' } } : {}),
}));

const middle = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

async function measure(address) {
  const page = await open('about:blank', { storageState: await state() });
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await cdp.send('Network.emulateNetworkConditions', line);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let bytes = 0;
  cdp.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
  await page.addInitScript(() => {
    const seen = () => {
      if (document.querySelectorAll('.form-field').length < 100) return requestAnimationFrame(seen);
      /* The first task after the frame in which the last field came: from here on it answers. */
      requestAnimationFrame(() => setTimeout(() => (window.interactive = performance.now()), 0));
    };
    requestAnimationFrame(seen);
  });
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.interactive !== undefined);
  const interactive = await page.evaluate(() => window.interactive);
  /* What one types is there in the next frame. */
  const first = page.getByLabel('Field 1', { exact: true });
  await first.focus();
  await page.evaluate(() => {
    addEventListener('keydown', (e) => (window.pressed = e.timeStamp), { once: true });
    addEventListener('input', () => requestAnimationFrame(() => setTimeout(() => (window.answered = performance.now() - window.pressed), 0)), { once: true });
  });
  await page.keyboard.press('x');
  await page.waitForFunction(() => window.answered !== undefined);
  const answered = await page.evaluate(() => window.answered);
  return { interactive, answered, bytes };
}

let kept;
async function state() {
  if (!kept) {
    const page = await open(`${portalUrl('acme')}/`, { as: creator.sub });
    kept = await page.context().storageState();
  }
  return kept;
}

await launch();
try {
  const console_ = await open(`${consoleUrl}/`, { as: person('the host', 'administrator').sub });
  const word = Date.now().toString(36);
  const document = { title: `A long form ${word}`, reference_pattern: '[name]-[number]', forms: [{ name: 'long', title: 'Long', owners: {}, fields }] };
  const { start } = await shareProcess(console_, `long-${word}`, document);
  await state();
  const runs = [];
  for (let i = 0; i < RUNS; i++) {
    runs.push(await measure(portalUrl('acme') + start));
    await closeAll();
  }
  const interactive = middle(runs.map((r) => r.interactive));
  console.log(`form of 100 fields, ${line.downloadThroughput * 8 / 1e6} Mbit/s, ${line.latency} ms, processor / 4, nothing cached`);
  console.log(`  interactive  ${interactive.toFixed(0)} ms   (${runs.map((r) => r.interactive.toFixed(0)).join(', ')}; at most ${MOST})`);
  console.log(`  a keystroke  ${middle(runs.map((r) => r.answered)).toFixed(0)} ms`);
  console.log(`  transferred  ${(middle(runs.map((r) => r.bytes)) / 1000).toFixed(1)} kB`);
  if (process.argv.includes('--check') && interactive > MOST) process.exitCode = 1;
} finally {
  await close();
}
