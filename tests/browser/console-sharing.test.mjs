// SPDX-License-Identifier: Apache-2.0
// Partners and shared processes: a share from nothing to its partners, changed, sent again, taken away, deleted.
import { choose } from './combobox.mjs';
import { api, assert, consoleUrl, looks, open, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const manager = person('the host', 'partner manager').sub;
const designer = person('the host', 'designer').sub;
const fresh = () => Date.now().toString(36);
const toast = (page, text) => page.locator('.toast').filter({ hasText: text }).first();
const dialog = (page) => page.locator('dialog[open]').last();

/** A published process with an owner that only some portals have a group for. */
async function makeProcess(name) {
  const page = await open(`${consoleUrl}/`, { as: designer });
  const document = {
    title: `Complaint ${name}`,
    reference_pattern: '[name]-[number]',
    forms: [
      { name: 'report', title: 'Report', fields: [{ name: 'subject', title: 'What is wrong?', type: 'text', required: true }] },
      {
        name: 'inspection',
        title: 'Inspection',
        owners: { partner_groups: ['Service engineers', 'Nobody has this group'] },
        fields: [{ name: 'finding', title: 'Finding', type: 'text', multiline: true }],
      },
    ],
  };
  const made = await api(page, 'POST', '/processes', { body: { name: `complaint-${name}`, title: `Complaint ${name}`, document } });
  assert.equal(made.status, 201, JSON.stringify(made.data));
  await publish(page, made.data.id);
  return { page, id: made.data.id, title: `Complaint ${name}` };
}

async function publish(page, id) {
  const { etag } = await api(page, 'GET', `/processes/${id}`);
  const published = await api(page, 'POST', `/processes/${id}/publish`, { etag });
  assert.equal(published.status, 200, JSON.stringify(published.data));
}

test('sharing: from a process to what its partners hold, and back to nothing', async () => {
  const name = fresh();
  const process = await makeProcess(name);
  const page = await open(`${consoleUrl}/shared-processes`, { as: manager });

  await page.getByRole('button', { name: 'Share a process' }).click();
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await dialog(page).getByText('Give the shared process a title.').waitFor();
  await dialog(page).getByRole('textbox', { name: 'Title' }).and(page.locator(':focus')).waitFor();
  await dialog(page).getByRole('textbox', { name: 'Title' }).fill(`Returns ${name}`);
  await dialog(page).getByRole('textbox', { name: /^Instructions/ }).fill('Tell us what is wrong.');
  await dialog(page).getByRole('button', { name: 'Create' }).click();
  await page.waitForURL(/\/shared-processes\/[0-9a-f-]{36}$/);
  await settled(page);
  const share = page.url().split('/').at(-1);

  /* Nothing is sent yet, and nobody holds it: what comes next is one step away. */
  await page.getByText('Nobody sees anything of it before it is given to partners and sent.').waitFor();
  await page.locator('.page-head').getByRole('button', { name: 'Send update…' }).click();
  await dialog(page).getByRole('button', { name: 'Give to partners…' }).click();
  await dialog(page).getByText(`Give “Returns ${name}” to partners`).waitFor();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();

  /* Blank means everyone only where it says so: a list without a group is nobody, and the page says that. */
  await choose(page, 'Add a process', process.title);
  const card = page.getByRole('region', { name: process.title });
  await card.getByText('Version 1.0 will be sent').waitFor();
  await card.getByLabel('Only partner groups').check();
  await card.getByText('No group is chosen: nobody can start an instance.').waitFor();
  /* The list says who may open the process, too; where nobody may start one it does not work unseen. */
  await card.getByLabel('Partners may start new instances').uncheck();
  assert.equal(await card.getByLabel('Only partner groups').count(), 0);
  await card.getByLabel('Only some may open the process').check();
  await card.getByRole('group', { name: 'Who may open it' }).getByText('No group is chosen: nobody can open the process.').waitFor();
  await card.getByLabel('Only some may open the process').uncheck();
  await card.getByLabel('Partners may start new instances').check();
  await page.getByRole('button', { name: 'add Service engineers' }).click();
  await card.getByLabel('Service engineers').check();
  await page.keyboard.press('Control+s');
  await toast(page, 'Saved.').waitFor();

  /* A group that is used stays, and says where. */
  await page.getByRole('button', { name: 'Remove Service engineers' }).click();
  await page.getByText(`“Service engineers” is used by who may start ${process.title}`).waitFor();

  await page.getByRole('link', { name: /^Partners \d/ }).click();
  await page.getByText('No partner holds it').waitFor();
  await page.getByRole('button', { name: 'Give to partners…' }).first().click();
  await dialog(page).getByRole('combobox', { name: 'Portal' }).selectOption('acme');
  await choose(dialog(page), 'Partners', 'Acme Fluid');
  await dialog(page).getByRole('button', { name: 'Give and look' }).click();
  await dialog(page).getByText('The draft becomes revision 1').waitFor();
  await dialog(page).getByText('Nobody has this group').waitFor();
  await looks(page, 'console-send-update');
  await dialog(page).getByRole('button', { name: 'Send to 1 partner' }).click();
  await toast(page, 'Revision 1 is sent to 1 partner').waitFor();
  await settled(page);
  await page.getByText('Up to date').waitFor();

  /* A change reaches nobody before it is sent; a newly published process counts as one. */
  const before = await api(process.page, 'GET', `/processes/${process.id}`);
  const document = { ...before.data.document, description: 'Newer' };
  const saved = await api(process.page, 'PATCH', `/processes/${process.id}`, { body: { document }, etag: before.etag });
  assert.equal(saved.status, 200, JSON.stringify(saved.data));
  await publish(process.page, process.id);
  await page.reload();
  await settled(page);
  await page.locator('.page-head').getByText('Changes not sent').waitFor();
  await page.locator('.page-head').getByRole('button', { name: 'Send update…' }).click();
  await dialog(page).getByText('The draft becomes revision 2').waitFor();
  /* The difference of a few partners is there without a click. */
  await dialog(page).locator('.changes li').first().waitFor();
  await dialog(page).getByRole('button', { name: 'Send to 1 partner' }).click();
  await toast(page, 'Revision 2 is sent').waitFor();

  /* An earlier revision again. */
  await page.goto(`${consoleUrl}/shared-processes/${share}/revisions`);
  await settled(page);
  await page.getByRole('button', { name: 'Look at it' }).last().click();
  await settled(page);
  await page.getByRole('button', { name: 'Send this one…' }).last().click();
  await dialog(page).getByText('Partners you choose get revision 1 again').waitFor();
  await dialog(page).getByRole('button', { name: 'Send to 1 partner' }).click();
  await toast(page, 'Revision 1 is sent').waitFor();
  await page.getByText('1 behind').first().waitFor();

  /* The start page tells that it is not everywhere yet. */
  await page.goto(consoleUrl);
  await settled(page);
  const unsent = page.getByRole('region', { name: 'Not with every partner yet' });
  await unsent.locator('li', { has: page.locator(`a[href$="/shared-processes/${share}"]`) }).getByText('Partners behind').waitFor();

  /* From the partner: what it holds; taking it away says what ends. */
  await page.goto(`${consoleUrl}/shared-processes/${share}/partners`);
  await settled(page);
  await page.getByRole('link', { name: /^Acme Fluid/ }).click();
  await settled(page);
  const panel = page.locator('.side-panel');
  await panel.getByRole('link', { name: `Returns ${name}` }).waitFor();
  await panel.getByRole('button', { name: `Acts for Returns ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Take away…' }).click();
  await dialog(page).getByText(/lose|access|Ends/).first().waitFor();
  await dialog(page).getByRole('button', { name: 'Take away' }).click();
  await toast(page, `no longer holds “Returns ${name}”`).waitFor();

  await page.goto(`${consoleUrl}/shared-processes`);
  await settled(page);
  await page.getByRole('button', { name: `Acts for Returns ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog(page).getByRole('button', { name: 'Delete shared process' }).click();
  await toast(page, 'For 30 days an administrator can bring it back.').waitFor();
  assert.equal((await api(page, 'GET', `/shared-processes/${share}`)).status, 404);

  /* Whoever can open the bin undoes it on the spot. */
  const admin = await open(`${consoleUrl}/bin`, { as: person('the host', 'administrator').sub });
  assert.equal((await api(admin, 'POST', `/bin/shared_process/${share}/restore`)).status, 200);
  await admin.goto(`${consoleUrl}/shared-processes/${share}`);
  await settled(admin);
  await admin.getByRole('button', { name: `Acts for Returns ${name}` }).click();
  await admin.getByRole('menuitem', { name: 'Delete…' }).click();
  await dialog(admin).getByRole('button', { name: 'Delete shared process' }).click();
  await toast(admin, 'It stays in the bin for 30 days.').getByRole('button', { name: 'Undo' }).click();
  await admin.waitForURL(`${consoleUrl}/shared-processes/${share}`);
  await admin.getByRole('heading', { level: 1, name: `Returns ${name}` }).waitFor();
  const back = await api(admin, 'GET', `/shared-processes/${share}`);
  assert.equal((await api(admin, 'DELETE', `/shared-processes/${share}`, { etag: back.etag })).status, 204);

  /* Before the bin is emptied it is counted. */
  await admin.goto(`${consoleUrl}/bin`);
  await settled(admin);
  await admin.getByRole('button', { name: 'Empty the bin…' }).click();
  await dialog(admin).getByText(/^(1 thing is|\d+ things are) deleted for good and cannot be restored\.$/).waitFor();
  await dialog(admin).getByRole('button', { name: 'Cancel' }).click();
});

test('sharing: its screens', async () => {
  const name = fresh();
  const process = await makeProcess(name);
  const page = await open(`${consoleUrl}/shared-processes`, { as: manager });
  const audience = { everyone: false, groups: [] };
  const made = await api(page, 'POST', '/shared-processes', {
    body: {
      title: `Screens ${name}`,
      instructions: 'Tell us what is wrong.',
      partner_groups: ['Service engineers'],
      processes: [
        { process_id: process.id, allow_create: true, creators: audience, creators_only_open: false, allow_delete: false, form_visibility: 'all' },
      ],
    },
  });
  assert.equal(made.status, 201, JSON.stringify(made.data));
  const share = made.data.id;
  const partner = (await api(page, 'GET', '/portals/acme/partners')).data.data[0].id;
  assert.equal((await api(page, 'PUT', `/shared-processes/${share}/partners/acme/${partner}`)).status, 200);
  const body = { all: true };
  const { etag } = await api(page, 'GET', `/shared-processes/${share}`);
  assert.equal((await api(page, 'POST', `/shared-processes/${share}/send-update`, { body, etag })).status, 200);
  const screens = {
    sharing: '/shared-processes',
    'share-create': '/shared-processes?do=share',
    share: `/shared-processes/${share}`,
    'share-partners': `/shared-processes/${share}/partners`,
    'share-revisions': `/shared-processes/${share}/revisions`,
    'partner-shares': `/shared-processes?portal=acme&open=${partner}`,
  };
  for (const [screen, address] of Object.entries(screens)) {
    await page.goto(consoleUrl + address);
    await settled(page);
    await looks(page, `console-${screen}`);
  }
  const now = await api(page, 'GET', `/shared-processes/${share}`);
  assert.equal((await api(page, 'DELETE', `/shared-processes/${share}`, { etag: now.etag })).status, 204);
});

test('sharing: a partner is invited with what is shared, in one dialog', async () => {
  const page = await open(`${consoleUrl}/shared-processes?do=invite`, { as: manager });
  const name = `Walker ${fresh()}`;
  await looks(page, 'console-invite-partner');
  await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
  await dialog(page).getByText('Name the organisation.').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await dialog(page).getByRole('combobox', { name: 'Portal' }).selectOption('acme');
  await dialog(page).getByRole('textbox', { name: 'Partner organisation' }).fill(name);
  await dialog(page).getByRole('textbox', { name: 'Contact’s first name' }).fill('Walt');
  await dialog(page).getByRole('textbox', { name: 'Contact’s last name' }).fill('Walker');
  await dialog(page).getByRole('textbox', { name: 'Contact’s e-mail' }).fill(`walt.${fresh()}@walker.example`);
  await dialog(page).getByRole('button', { name: 'Invite', exact: true }).click();
  await toast(page, `${name} is invited`).waitFor();
  const found = await api(page, 'GET', `/portals/acme/partners?q=${encodeURIComponent(name)}`);
  assert.equal(found.data.data[0].state, 'pending');
  const id = found.data.data[0].id;
  const { etag } = await api(page, 'GET', `/portals/acme/partners/${id}`);
  assert.equal((await api(page, 'DELETE', `/portals/acme/partners/${id}`, { etag })).status, 204);
});
