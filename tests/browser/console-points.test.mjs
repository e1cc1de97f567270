// SPDX-License-Identifier: Apache-2.0
// What makes the console a pleasure: addresses, Ctrl-K, the keyboard, conflicts, the end of a session.
import { api, assert, clean, consoleUrl, expecting, focused, forgetSessions, looks, open, settled, signIn, test } from './harness.mjs';
import { person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;
const toast = (page, text) => page.locator('.toast').filter({ hasText: text }).first();

test('console: search, filter, sort and page live in the address; back works; a deep link survives the sign-in', async () => {
  const page = await open(`${consoleUrl}/portals/acme/members`, { as: administrator });
  const names = () => page.locator('tbody tr').count();
  const all = await names();
  await page.getByLabel('State').selectOption('invited');
  await page.waitForURL(/state=invited/);
  await settled(page);
  assert.ok((await names()) < all, 'fewer rows');
  await page.goBack();
  await settled(page);
  assert.equal(await names(), all, 'back shows all again');
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.waitForURL(/sort=last_name/);
  await page.getByLabel('Search: Members of').fill('adam');
  await page.waitForURL(/q=adam/);
  await settled(page);
  await page.locator('tbody a').first().click();
  await page.waitForURL(/open=/);
  await settled(page);
  const link = page.url();
  const title = await page.locator('.side-panel h2').innerText();

  await page.context().clearCookies();
  forgetSessions();
  await signIn(page, link, administrator);
  assert.equal(page.url(), link);
  await settled(page);
  assert.equal(await page.locator('.side-panel h2').innerText(), title);
  assert.equal(await page.getByLabel('Search: Members of').inputValue(), 'adam');
});

test('console: Ctrl-K finds people and acts, by the keyboard alone', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('emma berg');
  await page.locator('[role=option]').filter({ hasText: 'Emma Berg' }).first().waitFor();
  await looks(page, 'console-palette');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/portals\/acme\/members\?open=/);
  await page.locator('.side-panel').getByRole('heading', { name: 'Emma Berg' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('invite');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Invite people to Acme Dealer Portal' }).waitFor();
  assert.match(await focused(page), /E-mail addresses/);
  await clean(page, 'invite from the palette');
});

test('console: two people change a portal; both versions are shown and nothing typed is lost', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  const portal = `two-${Date.now().toString(36)}`;
  const made = await api(page, 'POST', '/portals', { body: { technical_name: portal, name: 'As it was' } });
  assert.equal(made.status, 201);
  await page.goto(`${consoleUrl}/portals/${portal}/brand`);
  await settled(page);
  await page.getByLabel('Name', { exact: true }).fill('Mine, typed here');
  const theirs = await api(page, 'PATCH', `/portals/${portal}`, {
    body: { name: 'Theirs, saved meanwhile', color: '#123456' },
    etag: made.etag,
  });
  assert.equal(theirs.status, 200);
  expecting(page, /412 \(Precondition Failed\)/);
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Somebody else saved this in the meantime' });
  for (const value of ['Theirs, saved meanwhile', 'Mine, typed here', '#123456']) await dialog.getByText(value).waitFor();
  await looks(page, 'console-conflict');
  await dialog.getByRole('button', { name: 'Save the chosen values' }).click();
  await toast(page, 'Saved').waitFor();
  const merged = await api(page, 'GET', `/portals/${portal}`);
  assert.equal(merged.data.name, 'Mine, typed here');
  assert.equal(merged.data.color, '#123456', 'what only the other one changed is kept');
  const gone = await api(page, 'DELETE', `/portals/${portal}?confirm=${portal}`, { etag: merged.etag });
  assert.equal(gone.status, 204);
});

test('console: the session ends while one types; sign in again, save again', async () => {
  const page = await open(`${consoleUrl}/settings`, { as: administrator });
  const before = await api(page, 'GET', '/settings');
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('Falkenberg Pumps & Drives');
  await page.context().clearCookies();
  forgetSessions();
  expecting(page, /401 \(Unauthorized\)/);
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
  await dialog.waitFor();
  await looks(page, 'console-session-ended');
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    dialog.getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  await signIn(popup, null, administrator).catch((thrown) => {
    if (!popup.isClosed()) throw thrown;
  });
  await toast(page, 'Saved').waitFor();
  const saved = await api(page, 'GET', '/settings');
  assert.equal(saved.data.name, 'Falkenberg Pumps & Drives');
  const back = await api(page, 'PATCH', '/settings', { body: { name: before.data.name }, etag: saved.etag });
  assert.equal(back.status, 200);
});

test('console: an error stands at its field, with the cursor there; unsaved values are not left behind by accident', async () => {
  const page = await open(`${consoleUrl}/portals/acme/brand`, { as: administrator });
  expecting(page, /400 \(Bad Request\)/);
  await page.getByLabel('Logout URL').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Save' }).click();
  const field = page.getByLabel('Logout URL');
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  assert.ok(await field.evaluate((e) => e === document.activeElement));
  await looks(page, 'console-field-error');
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Leave without saving?').first().waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  assert.match(page.url(), /\/brand$/);
  assert.equal(await field.inputValue(), 'javascript:alert(1)');
  await page.getByRole('button', { name: 'Undo changes' }).click();
  assert.equal(await field.inputValue(), '');
});

test('console: the server cannot be reached; the page says so and goes on by itself', async () => {
  const page = await open(`${consoleUrl}/portals`, { as: administrator });
  expecting(page, /ERR_FAILED|Failed to load resource/);
  await page.route('**/api/v1/host/users*', (route) => route.abort());
  await page.getByRole('link', { name: 'Host users' }).click();
  await page.getByText('The server cannot be reached').waitFor();
  await looks(page, 'console-unreachable');
  await page.unroute('**/api/v1/host/users*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: /Ada Falkenberg/ }).waitFor();
});

test('console: from the keyboard alone, in the narrow window too', async () => {
  const page = await open(`${consoleUrl}/portals`, { as: administrator, viewport: { width: 390, height: 844 } });
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content');
  await page.getByRole('button', { name: 'Menu' }).press('Enter');
  await page.getByRole('dialog', { name: 'Menu' }).waitFor();
  await clean(page, 'drawer');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Menu' }).waitFor({ state: 'hidden' });
  assert.equal(await focused(page), 'Menu', 'the focus is back at the button');
});
