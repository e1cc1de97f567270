// SPDX-License-Identifier: Apache-2.0
// Host users at their work: what waits for them, a form filled in, given to others; the bin and back.
import { api, assert, clean, consoleUrl, looks, open, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;
const inspector = person('the host', 'user').sub;
const toast = (page, text) => page.locator('.toast').filter({ hasText: text }).first();
const dialog = (page) => page.locator('dialog[open]').last();

test('instances: a host user without any role fills in the form that waits, from the start page on', async () => {
  const page = await open(`${consoleUrl}/`, { as: inspector });
  await page.getByRole('heading', { name: 'Waiting for you' }).waitFor();
  await looks(page, 'console-home-waiting');
  await page.getByRole('link', { name: 'All that waits for you' }).click();
  await settled(page);
  assert.equal(await page.getByRole('button', { name: 'Waiting for me' }).getAttribute('aria-pressed'), 'true');
  await clean(page);
  await page.locator('tbody a').first().click();
  await settled(page);
  const here = page.getByRole('navigation', { name: 'Console' }).locator('a[aria-current]');
  assert.deepEqual(await here.allInnerTexts(), ['Instances']);
  /* Saving keeps what is there; only submitting asks for everything. */
  const address = new URL(page.url()).pathname;
  const before = await api(page, 'GET', address);
  const finding = page.getByRole('textbox', { name: /finding|inspection|found/i }).first();
  await finding.fill('Looked at it on the bench.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForFunction(
    async ([path, etag]) => (await fetch(`/api/v1${path}`)).headers.get('ETag') !== etag,
    [address, before.etag],
  );
  const after = await api(page, 'GET', address);
  assert.equal(after.data.status, before.data.status, 'still the same form');
  await looks(page, 'console-instance-form');
});

test('instances: deleted ones come back from the bin', async () => {
  const page = await open(`${consoleUrl}/instances?state=completed`, { as: administrator });
  const row = page.locator('tbody a').first();
  const reference = (await row.locator('.linked').textContent()).trim();
  await row.click();
  await settled(page);
  const address = new URL(page.url()).pathname;
  await page.getByRole('button', { name: 'Delete' }).click();
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(`${consoleUrl}/instances`);
  await page.goto(`${consoleUrl}/bin?kind=instance`);
  await settled(page);
  await page.getByRole('button', { name: `Acts for ${reference}` }).first().click();
  await page.getByRole('menuitem', { name: 'Restore' }).click();
  await toast(page, 'is back').waitFor();
  assert.equal((await api(page, 'GET', address)).status, 200);
});
