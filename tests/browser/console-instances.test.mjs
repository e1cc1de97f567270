// SPDX-License-Identifier: Apache-2.0
// Host users at their work: what waits for them, a form filled in, given to others, one started for a partner; the bin and back.
import { readFileSync } from 'node:fs';
import { choose } from './combobox.mjs';
import { api, assert, clean, consoleUrl, looks, open, portalUrl, settled, test } from './harness.mjs';
import { person } from './people.mjs';
import { checker, work } from './work.mjs';

const administrator = person('the host', 'administrator').sub;
const manager = person('the host', 'partner manager').sub;
const auditor = person('the host', 'auditor').sub;
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

test('instances: those of one partner; another portal or process asks anew', async () => {
  const page = await open(`${consoleUrl}/instances`, { as: administrator });
  const filter = (name) => page.getByRole('combobox', { name, exact: true });
  await filter('Portal').selectOption('acme');
  await filter('Partner').selectOption({ label: 'Northline Pumps & Valves' });
  await settled(page);
  const partners = await page.locator('tbody td:nth-child(2) .two-lines > :first-child').allInnerTexts();
  assert.deepEqual([...new Set(partners)], ['Northline Pumps & Valves']);
  await clean(page);
  await filter('Portal').selectOption('suppliers');
  await settled(page);
  assert.equal(new URL(page.url()).search, '?portal=suppliers');
  await filter('Process').selectOption({ label: 'Corrective action' });
  await filter('Status').selectOption({ label: 'Answer' });
  await settled(page);
  await filter('Process').selectOption({ label: 'Complaint' });
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get('status'), null);
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

test('instances: an export is saved, and what the server says instead of it is told', async () => {
  const page = await open(`${consoleUrl}/instances?state=completed`, { as: administrator });
  const link = page.getByRole('link', { name: 'Export as CSV' });
  const sentence = 'Your last export has not ended yet. Wait until it has arrived, then try again.';
  await page.route('**/api/v1/instances/export?*', (route) =>
    route.fulfill({
      status: 429,
      headers: { 'Retry-After': '5' },
      contentType: 'application/problem+json',
      body: JSON.stringify({ type: 'urn:b2bportal:too-many', title: 'Too many at once', status: 429, detail: sentence }),
    }),
  );
  await link.click();
  await toast(page, sentence).waitFor();
  await page.unroute('**/api/v1/instances/export?*');
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.equal(download.suggestedFilename(), 'instances.csv');
  assert.match(readFileSync(await download.path(), 'utf8'), /^\ufeffReference,/);
});

test('instances: the host starts one for a partner, whose person works on it', async () => {
  const { title } = await work();
  const page = await open(`${consoleUrl}/instances`, { as: manager });
  await page.getByRole('button', { name: 'Start…' }).click();
  const box = dialog(page);
  await box.getByRole('button', { name: 'Start' }).click();
  await box.getByText('Choose a portal.').waitFor();
  await choose(box, 'Portal', 'Acme Dealer');
  await choose(box, 'Partner', 'Acme Fluid');
  await choose(box, 'Process', title);
  await box.getByText('You fill in the first form.').waitFor();
  await looks(page, 'console-start-dialog');
  await box.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/portals\/acme\/instances\/[0-9a-f-]{36}$/);
  await settled(page);
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await page.getByLabel('Product').selectOption('valve');
  await page.getByLabel('Description').fill('Returned to us by a customer.');
  await page.getByRole('button', { name: 'Submit', exact: true }).click();
  await page.waitForFunction(
    async (path) => (await (await fetch(`/api/v1${path}`)).json()).status === 'check',
    `/portals/acme/instances/${id}`,
  );
  await page.goto(`${consoleUrl}/instances?created=true`);
  await settled(page);
  assert.equal(await page.getByRole('button', { name: 'Started by me' }).getAttribute('aria-pressed'), 'true');
  await page.locator(`tbody a[href$="${id}"]`).first().waitFor();
  await clean(page);

  const theirs = await open(`${portalUrl('acme')}/instances?waiting=true`, { as: checker.sub });
  await theirs.locator(`a[href$="/instances/${id}"]:visible`).first().click();
  await settled(theirs);
  await theirs.getByLabel('Finding').fill('The seat is worn.');
  await theirs.getByRole('button', { name: 'Submit', exact: true }).click();
  await theirs.waitForFunction(
    async (path) => (await (await fetch(`/api/v1${path}`)).json()).state === 'completed',
    `/instances/${id}`,
  );
  const seen = await api(theirs, 'GET', `/instances/${id}`);
  assert.equal(seen.data.created_by.id, null, 'no name of the host’s people');
});

test('instances: one is started beside a partner, and not by who may not', async () => {
  const partners = await (async () => {
    const page = await open(`${consoleUrl}/portals/suppliers/partners`, { as: manager });
    return (await api(page, 'GET', '/portals/suppliers/partners')).data.data;
  })();
  const sealtech = partners.find((p) => p.name === 'Sealtech Brno');
  const path = `${consoleUrl}/portals/suppliers/partners?open=${sealtech.id}`;
  const page = await open(path, { as: manager });
  await page.getByRole('button', { name: 'Start an instance…' }).click();
  const box = dialog(page);
  await box.getByRole('heading', { name: 'Start an instance for Sealtech Brno' }).waitFor();
  await choose(box, 'Process', 'Corrective action');
  await box.getByRole('button', { name: 'Start' }).click();
  await page.waitForURL(/\/portals\/suppliers\/instances\/[0-9a-f-]{36}$/);
  await settled(page);
  await page.getByLabel('Batch').waitFor();
  const other = await open(path, { as: auditor });
  await other.getByRole('heading', { name: 'People' }).waitFor();
  await settled(other);
  assert.equal(await other.getByRole('button', { name: 'Start an instance…' }).count(), 0);
  await other.goto(`${consoleUrl}/instances`);
  await settled(other);
  assert.equal(await other.getByRole('button', { name: 'Start…' }).count(), 0);
});
