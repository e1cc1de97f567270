// SPDX-License-Identifier: Apache-2.0
// The portal: home, dashboards, my details, the end of a session, conflicts.
import { api, assert, clean, expecting, focused, forgetSessions, looks, open, portalUrl, settled, signIn, test } from './harness.mjs';
import { member } from './people.mjs';

const acme = portalUrl('acme');
const viewer = member('Acme Fluid Systems').sub;

test('home: cover, welcome, cards', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  assert.match(await page.locator('h1').innerText(), /^Welcome, /);
  assert.match(await page.title(), /Acme/);
  assert.ok((await page.locator('.tile').count()) > 0, 'something can be opened');
  await looks(page, 'home');
});

test('home: every card leads somewhere that opens', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  const links = await page.locator('a.tile').evaluateAll((all) => all.map((a) => a.href));
  for (const link of links) {
    const status = await page.evaluate(async (url) => (await fetch(url)).status, link);
    assert.equal(status, 200, link);
  }
});

test('dashboard: opens from home, keeps its address, back works', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  const tile = page.locator('a.tile[href^="/dashboards/"]').first();
  const name = await tile.locator('strong').innerText();
  await tile.click();
  await settled(page);
  assert.equal(await page.locator('h1').innerText(), name);
  assert.match(await page.title(), new RegExp(`^${name.replace(/[^\w ]/g, '.')}`));
  assert.equal(await focused(page), name, 'a new page begins at its heading');
  await looks(page, 'dashboard');
  await page.reload();
  await settled(page);
  assert.equal(await page.locator('h1').innerText(), name);
  await page.goBack();
  await settled(page);
  assert.match(await page.locator('h1').innerText(), /^Welcome/);
});

test('dashboard: a deep link survives the sign-in', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  const href = await page.locator('a.tile[href^="/dashboards/"]').first().getAttribute('href');
  await page.context().clearCookies();
  forgetSessions();
  await signIn(page, acme + href, viewer);
  assert.equal(new URL(page.url()).pathname, href);
});

test('dashboard: one that is not there', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  expecting(page, /status of 404/);
  await page.goto(`${acme}/dashboards/00000000-0000-7000-8000-000000000000`);
  await settled(page);
  assert.match(await page.locator('h1').innerText(), /not here/);
  await looks(page, 'dashboard-gone');
});

test('me: name and language are saved, German is spoken', async () => {
  const page = await open(`${acme}/me`, { as: viewer });
  await looks(page, 'me');
  const before = await page.getByLabel('Last name').inputValue();
  await page.getByLabel('Last name').fill('Müller-Øst');
  await page.getByLabel('Language').selectOption('de');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Ihre Angaben sind gespeichert.').waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await clean(page, 'me in German');
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel('Nachname').inputValue(), 'Müller-Øst');
  await page.getByLabel('Nachname').fill(before);
  await page.getByLabel('Sprache').selectOption('en');
  await page.getByRole('button', { name: 'Speichern' }).click();
  await page.getByText('Your details are saved.').waitFor();
});

test('me: an error stands at its field', async () => {
  const page = await open(`${acme}/me`, { as: viewer });
  expecting(page, /status of 400/);
  await page.getByLabel('First name').evaluate((field) => field.removeAttribute('maxlength'));
  await page.getByLabel('First name').fill('x'.repeat(5000));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.locator('.field .error, [role=alert]').first().waitFor();
  await page.getByLabel('First name').and(page.locator('[aria-invalid=true]')).waitFor();
  await clean(page, 'me with an error');
});

test('me: two windows; the later one sees both values', async () => {
  const page = await open(`${acme}/me`, { as: viewer });
  expecting(page, /status of 412/);
  const { data } = await api(page, 'GET', '/me');
  const changed = await api(page, 'PATCH', '/me', { body: { first_name: 'Elsewhere' }, etag: data.etag });
  assert.equal(changed.status, 200);
  await page.getByLabel('First name').fill('Here');
  await page.getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Elsewhere').waitFor();
  await dialog.getByText('Here', { exact: true }).waitFor();
  await looks(page, 'conflict');
  await dialog.getByRole('button', { name: 'Save the chosen values' }).click();
  await page.getByText('Your details are saved.').waitFor();
  const after = await api(page, 'GET', '/me');
  assert.equal(after.data.first_name, 'Here');
  await api(page, 'PATCH', '/me', { body: { first_name: data.first_name }, etag: after.data.etag });
});

test('session expired: sign in beside the page, nothing is lost', async () => {
  const page = await open(`${acme}/me`, { as: viewer });
  expecting(page, /status of 401/);
  const before = await page.getByLabel('First name').inputValue();
  await page.getByLabel('First name').fill('Kept');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your session has ended').waitFor();
  await looks(page, 'session-expired');
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  await signIn(popup, undefined, viewer).catch((thrown) => {
    if (!popup.isClosed()) throw thrown;
  });
  await page.getByText('Your details are saved.').waitFor();
  assert.equal((await api(page, 'GET', '/me')).data.first_name, 'Kept');
  await page.getByLabel('First name').fill(before);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForFunction((name) => document.querySelector('.person')?.textContent?.startsWith(name), before);
  forgetSessions();
});

test('session expired: somebody else signs in, and nothing is sent as them', async () => {
  const other = member('Northline').sub;
  const page = await open(`${acme}/me`, { as: viewer });
  expecting(page, /status of 401/);
  await page.getByLabel('First name').fill('Not theirs');
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Save' }).click();
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  await signIn(popup, undefined, other).catch((thrown) => {
    if (!popup.isClosed()) throw thrown;
  });
  await page.getByText('You signed in as somebody else.').waitFor();
  await clean(page, 'somebody else signed in');
  assert.notEqual((await api(page, 'GET', '/me')).data.first_name, 'Not theirs');
  assert.equal(await page.getByLabel('First name').inputValue(), 'Not theirs', 'and the words are still there');
  forgetSessions();
});

test('keyboard: skip link, then a card, and the page that it opens', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the content');
  await page.keyboard.press('Enter');
  const onCard = () => page.evaluate(() => document.activeElement.matches('a.tile[href^="/dashboards/"]'));
  for (let i = 0; i < 30 && !(await onCard()); i++) await page.keyboard.press('Tab');
  assert.ok(await onCard(), 'a card can be reached');
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(ring, 'none', 'the focus is seen');
  const name = await page.locator('a.tile:focus strong').innerText();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/dashboards\//);
  await settled(page);
  assert.equal(await focused(page), name);
});

test('sign out ends the session', async () => {
  const page = await open(`${acme}/me`, { as: viewer });
  page.b2b.allowed.push(/foreign origin/);
  await page.locator('header').getByRole('link', { name: 'Sign out' }).click();
  await page.waitForURL(/signed-out/);
  forgetSessions();
  await page.goto(`${acme}/me`);
  assert.ok(await page.locator('ul.buttons a').count(), 'the login page again');
});

test('colours: contrast in the browser over a cube of brand colours', async () => {
  const page = await open(`${acme}/`, { as: viewer });
  for (const scheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: scheme });
    const worst = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement('i'));
      const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
      const root = document.documentElement;
      const luminance = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
      };
      const drawn = (token) => {
        probe.style.color = token.startsWith('--') ? `var(${token})` : token;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
        return luminance(canvas.getImageData(0, 0, 1, 1).data);
      };
      const pairs = [
        ['#fff', '--brand'],
        ['#fff', '--brand-strong'],
        ['--brand-text', '--surface'],
        ['--brand-text', '--page'],
        ['--brand-text', '--brand-tint'],
        ['--text-2', '--brand-tint'],
      ];
      const least = {};
      for (let i = 0; i < 216; i++) {
        const rgb = [i % 6, Math.floor(i / 6) % 6, Math.floor(i / 36)].map((v) => v * 51);
        root.style.setProperty('--portal', `rgb(${rgb.join(' ')})`);
        for (const [a, b] of pairs) {
          const [x, y] = [drawn(a), drawn(b)];
          const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
          least[`${a} on ${b}`] = Math.min(least[`${a} on ${b}`] ?? 21, ratio);
        }
      }
      probe.remove();
      return least;
    });
    for (const [pair, ratio] of Object.entries(worst)) assert.ok(ratio >= 4.5, `${scheme}: ${pair} has ${ratio.toFixed(2)}`);
  }
});
