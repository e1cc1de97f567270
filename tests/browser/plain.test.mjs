// SPDX-License-Identifier: Apache-2.0
// The pages without a script: sign-in, invitation, errors, signed out.
import { assert, expecting, looks, clean, open, portalUrl, test } from './harness.mjs';
import { member, person } from './people.mjs';

const acme = portalUrl('acme');

async function isPlain(page) {
  assert.equal(await page.locator('script').count(), 0, 'no script');
  assert.equal(await page.locator('input[type=password]').count(), 0, 'no password field');
  assert.equal(await page.locator('h1').count(), 1, 'one heading');
}

test('login: brand, one button per issuer, no password', async () => {
  const page = await open(`${acme}/`);
  await isPlain(page);
  assert.match(await page.locator('h1').innerText(), /Acme/);
  const buttons = page.locator('ul.buttons a');
  assert.ok((await buttons.count()) >= 1);
  for (const link of await buttons.all()) assert.match(await link.getAttribute('href'), /\/oidc\/callback\?/);
  await looks(page, 'login');
});

test('login: works without JavaScript and by keyboard', async () => {
  const page = await open(`${acme}/`, { javaScriptEnabled: false });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => !url.hostname.endsWith('portals.localhost') || url.pathname.startsWith('/interaction'));
});

test('login: each portal has its own colour', async () => {
  const colours = [];
  for (const name of ['acme', 'service', 'suppliers']) {
    const page = await open(`${portalUrl(name)}/`);
    colours.push(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--portal').trim()));
    await clean(page);
  }
  assert.equal(new Set(colours).size, 3, colours.join(' '));
});

test('invitation: an unknown link says so and takes nothing', async () => {
  const page = await open(`${acme}/invitation?token=${'x'.repeat(43)}`);
  await isPlain(page);
  assert.match(await page.locator('h1').innerText(), /does not work/);
  assert.equal(await page.locator('form').count(), 0);
  await looks(page, 'invitation-unknown');
});

test('no access: somebody who is no member', async () => {
  const page = await open(`${acme}/`, { as: person('the host', 'auditor').sub, expect: [/status of 403/] });
  assert.match(await page.locator('h1').innerText(), /no access/);
  assert.match(await page.locator('main').innerText(), /not an active member/);
  assert.equal(await page.getByRole('link', { name: 'Go to the start page' }).count(), 0, 'it would lead here again');
  assert.ok(await page.locator('.contact a[href^="mailto:"]').count(), 'names the contact');
  await looks(page, 'no-access');
});

test('no access: a member, to what is not theirs', async () => {
  const who = member('Acme Fluid Systems');
  const page = await open(`${acme}/me`, { as: who.sub, expect: [/status of 403/] });
  const denied = await page.evaluate(async () => {
    for (const path of ['/price-lists/', '/orders/', '/manuals/']) if ((await fetch(path)).status === 403) return path;
    return null;
  });
  assert.ok(denied, 'the demo refuses this person something');
  await page.goto(acme + denied);
  assert.ok((await page.locator('main').innerText()).includes(who.email), 'says who is signed in');
  await clean(page);
  await page.getByRole('link', { name: 'Go to the start page' }).click();
  await page.waitForURL(`${acme}/`);
  assert.match(await page.locator('h1').innerText(), /^Welcome/);
});

test('not found: a page with the request id', async () => {
  const page = await open(`${acme}/`, { as: member('Acme').sub });
  expecting(page, /status of 404/);
  await page.goto(`${acme}/manuals/nothing-here`);
  await isPlain(page);
  assert.match(await page.locator('h1').innerText(), /not here/);
  await looks(page, 'not-found');
});

test('signed out', async () => {
  const page = await open(`${acme}/signed-out`);
  await isPlain(page);
  assert.match(await page.locator('h1').innerText(), /signed out/);
  await looks(page, 'signed-out');
});
