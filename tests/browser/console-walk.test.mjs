// SPDX-License-Identifier: Apache-2.0
// An administrator's way through the console with a portal of its own: made, filled, shown, suspended, deleted.
import { choose } from './combobox.mjs';
import { api, assert, clean, consoleUrl, expecting, open, portalUrl, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;
const fresh = (word) => `${word}-${Date.now().toString(36)}`;
const toast = (page, text) => page.locator('.toast').filter({ hasText: text }).first();
const dialog = (page) => page.locator('dialog[open]').last();

async function makePortal(page, technicalName, partner = null) {
  const made = await api(page, 'POST', '/portals', { body: { technical_name: technicalName, name: `Walk ${technicalName}` } });
  assert.equal(made.status, 201, JSON.stringify(made.data));
  if (!partner) return {};
  const added = await api(page, 'POST', `/portals/${technicalName}/partners`, { body: { name: partner } });
  assert.equal(added.status, 201, JSON.stringify(added.data));
  return { partner: added.data.id };
}

async function removePortal(page, technicalName) {
  const { etag } = await api(page, 'GET', `/portals/${technicalName}`);
  const gone = await api(page, 'DELETE', `/portals/${technicalName}?confirm=${technicalName}`, { etag });
  assert.equal(gone.status, 204, JSON.stringify(gone.data));
}

test('console: a portal is made, answers at once, is suspended, resumed and deleted', async () => {
  const page = await open(`${consoleUrl}/portals`, { as: administrator });
  const name = fresh('walk');
  await page.getByRole('link', { name: 'Create portal' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
  await page.getByText('Use “').waitFor();
  const technical = page.getByLabel('Technical name');
  assert.equal(await technical.inputValue(), 'acme', 'suggested from the name');
  assert.equal(await technical.getAttribute('aria-invalid'), 'true', 'taken, and said so while typing');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`Walk & Sons ${name}`);
  assert.equal(await technical.inputValue(), `walk-and-sons-${name}`);
  await technical.fill(name);
  await page.getByText('Free:').waitFor();
  assert.equal(await page.getByRole('textbox', { name: /^Redirect URI/ }).inputValue(), `${portalUrl(name)}/oidc/callback`);

  /* The previews are the served pages, and follow what is typed. */
  await page.getByLabel('Colour', { exact: true }).fill('#b5179e');
  const login = page.frameLocator('iframe[title="Preview of the sign-in page"]');
  const home = page.frameLocator('iframe[title="Preview of the home page"]');
  await login.getByText(`Walk & Sons ${name}`).first().waitFor();
  await home.getByText(`Walk & Sons ${name}`).first().waitFor();
  const colour = (frame) =>
    frame.locator('body').evaluate((e) => getComputedStyle(e.ownerDocument.documentElement).getPropertyValue('--portal').trim());
  await assertSoon(async () => (await colour(login)) === '#b5179e' && (await colour(home)) === '#b5179e');

  await page.getByRole('button', { name: 'Create portal' }).click();
  await page.waitForURL(`${consoleUrl}/portals/${name}`);
  await settled(page);
  await page.getByText(`All Walk & Sons ${name} users`).waitFor();
  await page.getByText('First steps').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Portal', exact: true }).inputValue().then((u) => u.replace(/\/$/, '')), portalUrl(name));
  /* A visitor's window of its own (one behind another draws once a second): the portal's sign-in page, or nothing at all. */
  const visitor = await open(`${portalUrl(name)}/`);
  const status = async () => (await visitor.goto(`${portalUrl(name)}/`)).status();
  assert.equal(await status(), 200, 'asks for a sign-in');
  assert.match(await visitor.locator('h1').innerText(), /^Walk & Sons/);

  await page.getByRole('button', { name: 'Acts for this portal' }).click();
  await page.getByRole('menuitem', { name: 'Suspend portal…' }).click();
  await dialog(page).getByText(/0 people|nobody|access/i).first().waitFor();
  await clean(page, 'suspend dialog');
  await dialog(page).getByRole('button', { name: 'Suspend' }).click();
  await page.getByText('This portal is suspended').waitFor();
  assert.equal(await status(), 404);
  await toast(page, 'is suspended').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('This portal is suspended').waitFor({ state: 'hidden' });
  assert.equal(await status(), 200);

  await page.getByRole('button', { name: 'Acts for this portal' }).click();
  await page.getByRole('menuitem', { name: 'Delete portal…' }).click();
  const really = dialog(page).getByRole('button', { name: 'Delete portal' });
  assert.ok(await really.isDisabled());
  await dialog(page).getByLabel(`Type “${name}” to go on`).fill(name);
  await really.click();
  await page.waitForURL(`${consoleUrl}/portals`);
  assert.equal(await status(), 404);
  await clean(page, 'portals after the walk');
  await page.goto(consoleUrl);
  const latest = page.getByRole('region', { name: 'Latest activity' });
  await latest.getByRole('listitem').first().waitFor();
  await latest.getByRole('link', { name: 'All activity' }).click();
  await page.getByRole('row', { name: `Portal deleted Walk & Sons ${name}` }).waitFor();
});

async function assertSoon(condition, what = 'it') {
  for (let tries = 0; tries < 50; tries++) {
    if (await condition()) return;
    await new Promise((f) => setTimeout(f, 200));
  }
  assert.fail(`${what} did not come true`);
}

test('console: partner, invitations with each answer, details beside the list, bulk acts', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  const name = fresh('people');
  await makePortal(page, name);
  await page.goto(`${consoleUrl}/portals/${name}/members`);
  await page.getByRole('link', { name: 'Add a partner first' }).click();
  await dialog(page).getByLabel('Name', { exact: true }).fill('Harbour Works');
  await dialog(page).getByRole('button', { name: 'Add partner' }).click();
  await page.getByRole('heading', { name: 'Harbour Works' }).waitFor();

  await page.getByRole('link', { name: 'Invite people' }).click();
  const invite = dialog(page);
  await invite
    .getByLabel('E-mail addresses')
    .fill('ann.lee@harbour.example; "Bo Berg" <bo@harbour.example>\nann.lee@harbour.example, nobody at all');
  await invite.getByText('2 addresses').waitFor();
  await invite.getByText('Not an address: nobody at all').waitFor();
  await assertSoon(async () => (await invite.getByRole('combobox', { name: 'Partner' }).inputValue()) === 'Harbour Works', 'the only partner is chosen');
  await clean(page, 'invite dialog, filled');
  await invite.getByRole('button', { name: 'Invite 2 people' }).click();
  await dialog(page).getByText('2 people invited').waitFor();
  await dialog(page).getByText('All mails are handed over').waitFor({ timeout: 30_000 });
  await clean(page, 'results of inviting');
  await dialog(page).getByRole('button', { name: 'Copy link… of bo@harbour.example' }).click();
  const link = await page.getByRole('textbox', { name: 'Personal link of bo@harbour.example' }).inputValue();
  assert.match(link, new RegExp(`^${portalUrl(name)}/invitation\\?token=.{20,}`));
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await dialog(page).getByRole('button', { name: 'Done' }).click();
  await settled(page);

  const row = page.getByRole('link', { name: /Bo Berg/ });
  await row.click();
  await page.locator('.side-panel').getByText('Handed over').waitFor();
  assert.match(page.url(), /open=/);
  await page.keyboard.press('Escape');
  await page.locator('.side-panel').waitFor({ state: 'hidden' });
  assert.ok(await row.evaluate((e) => e === document.activeElement), 'the focus is back at its row');

  await page.getByRole('checkbox', { name: 'Select all rows on this page' }).check();
  assert.match(page.url(), /selected=/);
  await page.getByRole('button', { name: 'Change role…' }).click();
  await dialog(page).getByLabel('Role').selectOption('editor');
  await dialog(page).getByRole('button', { name: 'Apply' }).click();
  await toast(page, '2 people changed').waitFor();
  await assertSoon(async () => (await page.getByRole('cell', { name: 'Editor' }).count()) === 2, 'both are editors');
  await page.getByRole('button', { name: 'More acts on the selected members' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await dialog(page).getByText('Nobody of them has access now.').waitFor();
  await dialog(page).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing found').waitFor();
  assert.equal(await page.getByRole('region', { name: /selected/ }).count(), 0, 'nothing is selected any more');
  await clean(page, 'members after the walk');
  await removePortal(page, name);
});

test('console: a dashboard is written, published, placed; who can open it is said', async () => {
  const page = await open(`${consoleUrl}/dashboards`, { as: administrator });
  const title = fresh('Bulletin');
  await page.getByRole('button', { name: 'Create dashboard' }).first().click();
  await dialog(page).getByLabel('Title').fill(title);
  await dialog(page).getByRole('button', { name: 'Create dashboard' }).click();
  await page.getByRole('heading', { name: title }).waitFor();

  await page.getByRole('button', { name: 'Text', exact: true }).click();
  const text = page.getByRole('textbox', { name: 'Text of Text 1' });
  await text.click();
  await page.getByLabel('Style').selectOption('h2');
  await page.keyboard.type('Recall');
  await page.keyboard.press('Enter');
  await page.getByLabel('Style').selectOption('p');
  await page.keyboard.type('Check valve ');
  await page.getByRole('button', { name: 'Bold' }).click();
  await page.keyboard.type('N7');
  await page.getByRole('button', { name: 'Bold' }).click();
  await page.keyboard.type(' now.');
  await page.getByRole('button', { name: 'Link', exact: true }).last().click();
  await page.getByLabel('Label').fill('Manuals');
  await page.getByLabel('Where it leads').fill('javascript:alert(1)');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Begin with https:// or with /').waitFor();
  await page.getByLabel('Where it leads').fill('/manuals/');
  await clean(page, 'editor, filled');
  await page.getByRole('button', { name: 'Publish' }).click();
  await toast(page, 'Version 1 is published').waitFor();

  const id = new URL(page.url()).pathname.split('/').pop();
  const saved = await api(page, 'GET', `/dashboards/${id}`);
  assert.deepEqual(saved.data.widgets[0].blocks, [
    { type: 'heading', level: 2, content: [{ text: 'Recall' }] },
    { type: 'paragraph', content: [{ text: 'Check valve ' }, { text: 'N7', bold: true }, { text: ' now.' }] },
  ]);
  await page.getByRole('button', { name: 'As partners see it' }).click();
  await page.locator('.widgets h2').filter({ hasText: 'Recall' }).waitFor();

  const name = fresh('placing');
  await makePortal(page, name, 'Harbour Works');
  await page.goto(`${consoleUrl}/portals/${name}/dashboards?do=place`);
  await settled(page);
  await choose(dialog(page), 'Dashboard', title);
  await assertSoon(async () => (await dialog(page).getByLabel('Name in this portal').inputValue()) === title, 'the name is suggested');
  await dialog(page).getByText('No group is chosen: nobody can open it.').waitFor();
  await dialog(page).getByText('Everyone', { exact: true }).click();
  await dialog(page).getByRole('button', { name: 'Place dashboard' }).click();
  await page.locator('.side-panel').getByText('Everyone of all partners').waitFor();
  await page.locator('.side-panel').getByText('Nobody can open it.').waitFor();

  await page.goto(`${consoleUrl}/dashboards/${id}`);
  await page.getByRole('region', { name: 'Title and description' }).getByLabel(/^Description/).fill('Second thoughts');
  await page.getByRole('button', { name: 'Publish' }).click();
  await toast(page, '1 placement in 1 portal').waitFor();
  await page.goto(`${consoleUrl}/portals/${name}/dashboards`);
  await page.getByText('Newer: 2').waitFor();
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: 'Place version 2' }).click();
  await toast(page, 'Version 2 is shown').waitFor();
  await page.getByText('Newer: 2').waitFor({ state: 'hidden' });

  await page.goto(`${consoleUrl}/dashboards/${id}`);
  await page.getByRole('button', { name: 'Acts for this dashboard' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog(page).getByLabel(`Type “${title}” to go on`).fill(title);
  await dialog(page).getByRole('button', { name: 'Delete dashboard' }).click();
  await page.waitForURL(`${consoleUrl}/dashboards`);
  await removePortal(page, name);
  await clean(page, 'dashboards after the walk');
});

test('console: groups, host users and host groups', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  const name = fresh('groups');
  const { partner } = await makePortal(page, name, 'Harbour Works');
  await api(page, 'POST', `/portals/${name}/members`, {
    body: { email: 'ann.lee@harbour.example', first_name: 'Ann', last_name: 'Lee', role: 'viewer', partner_id: partner },
  });
  await page.goto(`${consoleUrl}/portals/${name}/groups`);
  await page.getByRole('button', { name: 'Add group' }).click();
  await dialog(page).getByRole('button', { name: 'Add group' }).click();
  await dialog(page).getByText('Write a name.').waitFor();
  await dialog(page).getByLabel('Name of the group').fill('Fitters');
  await dialog(page).getByRole('button', { name: 'Add group' }).click();
  const panel = page.locator('.side-panel');
  await panel.getByRole('heading', { name: 'Fitters' }).waitFor();
  await panel.getByText('Nobody is in this group').waitFor();
  await choose(panel, 'Add a member', 'Ann');
  await panel.getByRole('link', { name: 'Ann Lee' }).waitFor();
  await panel.getByRole('button', { name: 'Take Ann Lee out of the group' }).click();
  await toast(page, 'no longer in Fitters').getByRole('button', { name: 'Undo' }).click();
  await panel.getByRole('link', { name: 'Ann Lee' }).waitFor();
  await clean(page, 'group with a member');
  await removePortal(page, name);

  await page.goto(`${consoleUrl}/host/users?do=add`);
  const email = `${fresh('helper')}@falkenberg.example`;
  await dialog(page).getByLabel('E-mail').fill(email);
  await dialog(page).getByRole('button', { name: 'Add host user' }).click();
  await dialog(page).getByText('Choose at least one role.').waitFor();
  await dialog(page).getByRole('checkbox', { name: /^Designer/ }).check();
  await dialog(page).getByRole('button', { name: 'Add host user' }).click();
  await panel.getByText('Has not signed in yet.').waitFor();

  await page.goto(`${consoleUrl}/host/groups?do=add`);
  const group = fresh('Desk');
  await dialog(page).getByLabel('Name of the group').fill(group);
  await dialog(page).getByRole('button', { name: 'Add host group' }).click();
  await choose(panel, 'Add a host user', email);
  await panel.getByText('1 host user').waitFor();
  await clean(page, 'host group with a person');
  await panel.getByRole('button', { name: 'Delete…' }).click();
  await dialog(page).getByText('1 host user is in it.').waitFor();
  await dialog(page).getByRole('button', { name: 'Delete group' }).click();
  await toast(page, 'is deleted').waitFor();

  await page.goto(`${consoleUrl}/host/users?q=${encodeURIComponent(email)}`);
  await page.getByRole('link', { name: email }).click();
  await panel.getByRole('button', { name: /^More acts on/ }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await dialog(page).getByLabel(`Type “${email}” to go on`).fill(email);
  await dialog(page).getByRole('button', { name: 'Remove' }).click();
  await page.getByText('Nothing found').waitFor();
  expecting(page, /404 \(Not Found\)/);
  await clean(page, 'host users after the walk');
});
