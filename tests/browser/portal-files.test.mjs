// SPDX-License-Identifier: Apache-2.0
// Files of a form: sent, stopped, refused, waited for.
import { api, assert, clean, cleanNow, expecting, focused, open, portalUrl, settled, test } from './harness.mjs';
import { begin, creator, photo, work } from './work.mjs';

const acme = portalUrl('acme');
const footer = (page) => page.locator('form footer');
const save = (page) => footer(page).getByRole('button', { name: 'Save' }).click();
const submit = (page) => footer(page).getByRole('button', { name: 'Submit' }).click();
const saved = (page) => footer(page).getByText('Everything is saved').waitFor();

test('work: files: stopped, of the wrong kind, too many', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'With pictures' });
  expecting(page, /status of 415/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  const chooser = page.locator('input[type=file]');
  await chooser.setInputFiles({ name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html><script>alert(1)</script>') });
  await page.locator('.error').filter({ hasText: 'page.png' }).waitFor();
  await clean(page, 'a file that was refused');
  /* An upload that hangs can be stopped. Held back to the end: let go, it could arrive before the stopping does. */
  await holdBack(page, 'slow.png');
  await chooser.setInputFiles(photo('slow.png'));
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('slow.png was not sent').waitFor();
  await chooser.setInputFiles([photo('a.png'), photo('b.png'), photo('c.png'), photo('d.png')]);
  await page.locator('.files .error').filter({ hasText: 'At most 3 files.' }).waitFor();
  await page.getByRole('button', { name: 'Remove b.png' }).click();
  await save(page);
  await saved(page);
  assert.deepEqual(await photosOf(page, id), ['a.png', 'c.png']);
});

test('work: files: each one that is refused is told', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'With pictures' });
  expecting(page, /status of (415|400)/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  const html = { name: 'page.png', mimeType: 'image/png', buffer: Buffer.from('<html><script>alert(1)</script>') };
  const empty = { name: 'empty.png', mimeType: 'image/png', buffer: Buffer.alloc(0) };
  await page.locator('input[type=file]').setInputFiles([html, empty, photo('renamed.jpg'), photo('a.png')]);
  await page.getByRole('link', { name: 'a.png' }).waitFor();
  assert.deepEqual(await page.locator('.files .error').allInnerTexts(), [
    'page.png: Not what is taken here: Pictures. What counts is the content, whatever the name says.',
    'empty.png: The file is empty.',
    'renamed.jpg: The ending of its name does not fit what is in it.',
  ]);
  await clean(page, 'files that were refused');
});

/** The names of the photographs that an instance has as a value. */
async function photosOf(page, id) {
  const { data } = await api(page, 'GET', `/instances/${id}`);
  return data.files
    .filter((f) => data.values.photos?.includes(f.id))
    .map((f) => f.name)
    .sort();
}

/** Holds the uploads of a file of this name back; what is returned lets them go on, as ROUTE => … says. */
async function holdBack(page, name) {
  const held = Promise.withResolvers();
  await page.route(`**/files?*name=${name}*`, async (route) => (await held.promise)(route));
  return held.resolve;
}

test('work: files: what is still being sent is waited for', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'With pictures' });
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  const changes = [];
  page.on('request', (r) => r.method() === 'PATCH' && changes.push(r.postDataJSON()));
  const goOn = await holdBack(page, 'c.png');
  await page.locator('input[type=file]').setInputFiles([photo('a.png'), photo('b.png'), photo('c.png')]);
  await page.getByText(/^c\.png: .* sent$/).waitFor();
  await save(page);
  await footer(page).getByRole('button', { name: 'Saving…' }).and(page.locator(':disabled')).waitFor();
  await footer(page).getByText('Files are being sent…').waitFor();
  await cleanNow(page, 'files that are waited for');
  assert.deepEqual(changes, [], 'nothing is saved yet');
  goOn((route) => route.continue());
  await saved(page);
  assert.equal(changes.length, 1);
  assert.deepEqual(await photosOf(page, id), ['a.png', 'b.png', 'c.png']);
});

test('work: files: one that was not sent keeps the form from being submitted; then it is', async () => {
  const { start } = await work();
  const page = await open(acme + start, { as: creator.sub });
  expecting(page, /status of 507/);
  const changes = [];
  page.on('request', (r) => r.method() === 'PATCH' && changes.push(r.postDataJSON()));
  await page.getByLabel('Product').selectOption('valve');
  await page.getByLabel('Description').fill('Before the file');
  /* Wrong, so that it stays unsaved when the upload begins the instance: nobody is asked whether to leave. */
  await page.getByLabel('Amount').fill('-5');
  const goOn = await holdBack(page, 'b.png');
  await page.locator('input[type=file]').setInputFiles([photo('a.png'), photo('b.png')]);
  await page.getByText(/^b\.png: .* sent$/).waitFor();
  await page.waitForURL(/\/instances\/[0-9a-f-]+$/);
  const id = new URL(page.url()).pathname.split('/').pop();
  await page.getByLabel('Amount').fill('5');
  await submit(page);
  await footer(page).getByRole('button', { name: 'Submitting…' }).waitFor();
  await page.getByRole('link', { name: 'Home' }).click();
  const asked = page.getByRole('dialog');
  await asked.getByText('A file is still being sent.').waitFor();
  await asked.getByRole('button', { name: 'Cancel' }).click();
  const full = { type: 'about:blank', title: 'Full', status: 507, detail: 'There is no room left for files of your organisation.' };
  goOn((route) => route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify(full) }));
  await page.locator('.files .error').filter({ hasText: 'b.png: There is no room left' }).waitFor();
  await footer(page).getByRole('button', { name: 'Submit' }).and(page.locator(':enabled')).waitFor();
  assert.match(await focused(page), /^Photographs/, 'the cursor is where the fault is');
  assert.deepEqual(changes, [], 'nothing was submitted');
  assert.equal(await page.getByLabel('Description').inputValue(), 'Before the file');
  await submit(page);
  await page.getByText('“Check” waits for').waitFor();
  assert.deepEqual(await photosOf(page, id), ['a.png']);
});

test('work: files: too large, and no room: said at the field, nothing lost', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'With pictures' });
  expecting(page, /status of (413|507)/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByLabel('Description').fill('Typed before the files');
  const chooser = page.locator('input[type=file]');
  const fault = page.locator('.files .error');
  await chooser.setInputFiles(photo('kept.png'));
  await page.getByRole('button', { name: 'Remove kept.png' }).waitFor();
  /* The server's own words; and a proxy's page, which has none for people. */
  const problem = (status, type, detail) => ({
    status,
    contentType: 'application/problem+json',
    body: JSON.stringify({ type: `urn:b2bportal:${type}`, title: 'No', status, detail }),
  });
  const page413 = { status: 413, contentType: 'text/html', body: '<h1>Request Entity Too Large</h1>' };
  const page507 = { status: 507, contentType: 'text/html', body: '<h1>Insufficient Storage</h1>' };
  for (const [answer, words] of [
    [problem(413, 'too-large', 'The file may have at most 25 MB.'), 'large.png: The file may have at most 25 MB.'],
    [page413, 'large.png: This file is too large.'],
    [problem(507, 'quota-exceeded', 'All files of Acme together may have 1 GB.'), 'large.png: All files of Acme together may have 1 GB.'],
    [page507, 'large.png: There is no room left for files of your organisation.'],
  ]) {
    await page.route('**/files?*', (route) => route.fulfill(answer));
    await chooser.setInputFiles(photo('large.png'));
    await fault.filter({ hasText: words }).waitFor();
    await page.unroute('**/files?*');
  }
  await clean(page, 'no room for a file');
  await save(page);
  await saved(page);
  assert.deepEqual(await photosOf(page, id), ['kept.png']);
  assert.equal((await api(page, 'GET', `/instances/${id}`)).data.values.what, 'Typed before the files');
  /* What is said goes when the next one is chosen. */
  await chooser.setInputFiles(photo('next.png'));
  await page.getByRole('button', { name: 'Remove next.png' }).waitFor();
  assert.equal(await fault.count(), 0);
});
