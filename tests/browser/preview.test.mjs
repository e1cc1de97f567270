// SPDX-License-Identifier: Apache-2.0
// The previews of the console's forms are the served pages themselves, with values that are not saved.
import { assert, consoleUrl, looks, open, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;

/** Puts a preview into a frame of a console page, as the form does. */
async function framed(path) {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  await page.evaluate((src) => {
    window.heard = [];
    addEventListener('message', (event) => window.heard.push(event.data?.type));
    const frame = document.createElement('iframe');
    frame.src = src;
    frame.title = 'Preview';
    frame.id = 'preview';
    document.body.append(frame);
  }, path);
  return { page, frame: page.frameLocator('#preview') };
}

const portalColour = (locator) =>
  locator.evaluate((e) => getComputedStyle(e.ownerDocument.documentElement).getPropertyValue('--portal').trim());

test('preview: the login page with the values of the form', async () => {
  const { page, frame } = await framed('/preview/login?name=Fresh%20%3Cb%3E%26%20Co&color=%23b5179e');
  await frame.locator('h1').waitFor();
  assert.equal(await frame.locator('h1').innerText(), 'Fresh <b>& Co');
  assert.equal(await portalColour(frame.locator('h1')), '#b5179e');
  assert.deepEqual(page.b2b.faults, []);
});

test('preview: a very long name fits, a very bright colour is readable', async () => {
  const name = `${'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk'.repeat(2)} & Partners`;
  const query = new URLSearchParams({ name, color: '#fff700' });
  const page = await open(`${consoleUrl}/preview/login?${query}`, { as: administrator });
  await looks(page, 'preview-login-long');
  await page.goto(`${consoleUrl}/preview/home?${query}`);
  await settled(page);
  await looks(page, 'preview-home-long');
});

test('preview: the home page follows what is typed, from its own console only', async () => {
  const { page, frame } = await framed('/preview/home?name=Fresh&color=%23b5179e');
  await frame.locator('h1').waitFor();
  await page.waitForFunction(() => window.heard.includes('b2b-preview-ready'));
  await page.evaluate(() =>
    document.getElementById('preview').contentWindow.postMessage(
      { type: 'b2b-preview', values: { name: 'Typed <i>now', color: '#0b6e4f', logo_url: 'javascript:alert(1)' } },
      location.origin,
    ),
  );
  await frame.getByText('Typed <i>now').first().waitFor();
  assert.equal(await portalColour(frame.locator('h1')), '#0b6e4f');
  assert.equal(await frame.locator('header img').count(), 0, 'no image from a bad address');
  await frame.locator('header a').last().click();
  assert.match(await frame.locator('h1').innerText(), /Welcome/, 'links lead nowhere');
  assert.deepEqual(page.b2b.faults, []);
});
