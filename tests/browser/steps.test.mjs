// SPDX-License-Identifier: Apache-2.0
// Forms that are current together: on the page of an instance, for two people at once, and in the designer.
import { api, assert, consoleUrl, looks, open, portalUrl, settled, test } from './harness.mjs';
import { person } from './people.mjs';
import { checker, creator, shareProcess } from './work.mjs';

const administrator = person('the host', 'administrator').sub;
const inspector = person('the host', 'user').sub;
const acme = portalUrl('acme');
const card = (page, name) => page.locator(`form[data-form=${name}]`);
const press = (page, form, name) => card(page, form).getByRole('button', { name, exact: true }).click();
const text = (name, title, more = {}) => ({ name, title, type: 'text', ...more });

/** A process whose second and third form are open together, for the owners given; who asks has submitted the first. */
async function inStep(quality, costs, more = {}) {
  const console_ = await open(`${consoleUrl}/`, { as: administrator });
  const word = `steps-${Date.now().toString(36)}`;
  const document = {
    title: `Steps ${word}`,
    forms: [
      { name: 'report', title: 'Report', owners: {}, fields: [text('subject', 'Subject')] },
      { name: 'quality', title: 'Quality check', owners: quality, fields: [text('verdict', 'Verdict', { required: true })] },
      { name: 'costs', title: 'Costs', opens_with_previous: true, owners: costs, fields: [text('amount', 'Amount', { required: true })] },
      { name: 'closing', title: 'Closing', owners: { creator: true }, fields: [text('thanks', 'Thanks')] },
    ],
    ...more,
  };
  const { share, process } = await shareProcess(console_, word, document);
  const page = await open(`${acme}/`, { as: creator.sub });
  const made = await api(page, 'POST', '/instances', { body: { shared_process_id: share, process_id: process, values: { subject: 'x' }, submit: true } });
  assert.equal(made.status, 201, JSON.stringify(made.data));
  return { page, console_, process, address: `${acme}/instances/${made.data.id}`, id: made.data.id };
}
const forms = async (page, id) => (await api(page, 'GET', `/instances/${id}`)).data.forms.map((f) => f.status).join(' ');

test('steps: two people work on two open forms, and neither hears of the other', async () => {
  const { page, address, id } = await inStep({ creator: true }, { partner: true });
  await page.goto(address);
  await card(page, 'quality').waitFor();
  await card(page, 'costs').waitFor();
  await page.locator('.badge').filter({ hasText: 'Quality check, Costs' }).waitFor();
  const other = await open(address, { as: checker.sub });
  await card(other, 'costs').getByLabel('Amount').waitFor();
  await other.getByText('“Quality check” waits for').waitFor();
  assert.equal(await card(other, 'quality').count(), 0);
  await looks(other, 'step-of-one');
  await card(page, 'quality').getByLabel('Verdict').fill('Good');
  await looks(page, 'step-both');
  await card(other, 'costs').getByLabel('Amount').fill('12');
  await press(other, 'costs', 'Save');
  await card(other, 'costs').getByText('Everything is saved').waitFor();
  /* The other's change is in another form: nothing is asked. */
  await press(page, 'quality', 'Submit');
  await card(page, 'quality').waitFor({ state: 'detached' });
  await card(page, 'costs').waitFor();
  assert.equal(await forms(page, id), 'done done current ahead');
  await card(other, 'costs').getByLabel('Amount').fill('13');
  await press(other, 'costs', 'Submit');
  await other.getByText('“Closing” waits for').waitFor();
  const now = (await api(page, 'GET', `/instances/${id}`)).data;
  assert.deepEqual([now.values.verdict, now.values.amount, now.status], ['Good', '13', 'closing']);
});

test('steps: one Submit sends all open forms, and what is wrong stands at its field', async () => {
  const { page, address, id } = await inStep({ creator: true }, { creator: true }, { submit: 'open_forms' });
  await page.goto(address);
  await card(page, 'quality').getByLabel('Verdict').fill('Good');
  await press(page, 'quality', 'Submit all');
  await card(page, 'costs').getByText('One answer needs your attention').waitFor();
  assert.equal(await forms(page, id), 'done current current ahead');
  await card(page, 'costs').getByLabel('Amount').fill('7');
  await looks(page, 'step-submit-all');
  await press(page, 'quality', 'Submit all');
  await card(page, 'closing').waitFor();
  const now = (await api(page, 'GET', `/instances/${id}`)).data;
  assert.deepEqual([now.values.verdict, now.values.amount, now.status], ['Good', '7', 'closing']);
});

test('steps: each open form is given to others by itself', async () => {
  const { page, address, id } = await inStep({ creator: true }, { creator: true });
  await page.goto(address);
  await settled(page);
  await page.locator('header').getByRole('button', { name: 'Reassign' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Form', { exact: true }).selectOption({ label: 'Costs' });
  await dialog.getByText('“Costs” is with').waitFor();
  await looks(page, 'step-reassign');
  assert.equal(await forms(page, id), 'done current current ahead');
});

test('steps: joined and parted in the designer', async () => {
  const { console_, process } = await inStep({ creator: true }, { creator: true });
  await console_.goto(`${consoleUrl}/processes/${process}`);
  await console_.locator('.strip .joined').waitFor();
  await console_.locator('.strip .step').filter({ hasText: 'Closing' }).click();
  await console_.getByLabel(/Opens together with “Costs”/).check();
  assert.equal(await console_.locator('.strip .joined').count(), 2);
  await looks(console_, 'designer-step');
  await console_.locator('.strip .step').filter({ hasText: 'Report' }).click();
  assert.equal(await console_.getByLabel(/Opens together with/).count(), 0);
  await console_.locator('.strip .step').filter({ hasText: 'Quality check' }).click();
  await console_.keyboard.press('Control+s');
  await console_.getByText(/[Ss]aved/).first().waitFor();
  const kept = (await api(console_, 'GET', `/processes/${process}`)).data.document;
  assert.deepEqual(kept.forms.map((f) => f.opens_with_previous), [false, false, true, true]);
});

const tried = (page, title) => page.locator('.preview').getByRole('region', { name: `Preview of ${title}` });
const submits = (page, title) => tried(page, title).getByRole('button', { name: /^Submit/ });

async function preview(page, process) {
  await page.goto(`${consoleUrl}/processes/${process}?view=preview`);
  await settled(page);
  await submits(page, 'Report').click();
  await tried(page, 'Quality check').waitFor();
  await tried(page, 'Costs').waitFor();
}

test('steps: the preview has open forms side by side, and submits one', async () => {
  const { console_: page, process } = await inStep({ creator: true }, { partner: true });
  await preview(page, process);
  await tried(page, 'Costs').getByLabel('Amount').fill('12');
  assert.equal(await submits(page, 'Costs').innerText(), 'Submit');
  await submits(page, 'Costs').click();
  await tried(page, 'Costs').waitFor({ state: 'detached' });
  assert.equal(await tried(page, 'Closing').count(), 0, 'it waits for the other');
  await tried(page, 'Quality check').getByLabel('Verdict').fill('Good');
  await submits(page, 'Quality check').click();
  await tried(page, 'Closing').waitFor();
});

test('steps: the preview submits all open forms of whoever looks, where the process says so', async () => {
  const { console_: page, process } = await inStep({ creator: true }, { creator: true }, { submit: 'open_forms' });
  await preview(page, process);
  await tried(page, 'Quality check').getByLabel('Verdict').fill('Good');
  assert.equal(await submits(page, 'Quality check').innerText(), 'Submit all');
  await looks(page, 'designer-preview-step');
  await submits(page, 'Quality check').click();
  await tried(page, 'Costs').getByText('One answer needs your attention').waitFor();
  assert.equal(await tried(page, 'Quality check').getByText('needs your attention').count(), 0);
  await tried(page, 'Costs').getByLabel('Amount').fill('7');
  await submits(page, 'Costs').click();
  await tried(page, 'Closing').waitFor();
  /* What is with others is not theirs to submit. */
  await page.getByRole('button', { name: 'As the host' }).click();
  await page.locator('.preview .step').filter({ hasText: 'Costs' }).click();
  await tried(page, 'Costs').getByLabel('Amount').fill('8');
  await page.locator('.preview .step').filter({ hasText: 'Quality check' }).click();
  assert.equal(await tried(page, 'Costs').getByLabel('Amount').inputValue(), '8');
});

test('steps: the preview leaves the form of somebody else to them', async () => {
  const other = await open(`${consoleUrl}/`, { as: inspector });
  const { id } = (await api(other, 'GET', '/session')).data.user;
  const { console_: page, process } = await inStep({ host_users: [id] }, { creator: true }, { submit: 'open_forms' });
  await preview(page, process);
  await tried(page, 'Quality check').getByText('The host works on this form.').waitFor();
  assert.equal(await submits(page, 'Quality check').count(), 0);
  assert.equal(await submits(page, 'Costs').innerText(), 'Submit');
  await tried(page, 'Costs').getByLabel('Amount').fill('7');
  await submits(page, 'Costs').click();
  await tried(page, 'Costs').waitFor({ state: 'detached' });
  await tried(page, 'Quality check').getByRole('button', { name: 'Pass over' }).click();
  await tried(page, 'Closing').waitFor();
});
