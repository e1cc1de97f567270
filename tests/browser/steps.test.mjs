// SPDX-License-Identifier: Apache-2.0
// Forms that are current together: on the page of an instance, for two people at once, and in the designer.
import { api, assert, consoleUrl, looks, open, portalUrl, settled, test } from './harness.mjs';
import { person } from './people.mjs';
import { checker, creator, shareProcess } from './work.mjs';

const administrator = person('the host', 'administrator').sub;
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
