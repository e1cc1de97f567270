// SPDX-License-Identifier: Apache-2.0
// Lists, numbers and charts of a process: a designer puts them on a dashboard, a portal shows them to each their own.
import { choose } from './combobox.mjs';
import { api, assert, clean, consoleUrl, expecting, looks, open, portalUrl, settled, test } from './harness.mjs';
import { member, person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;
const engineer = member('Acme Fluid Systems', 'editor');
const acme = portalUrl('acme');
const fresh = () => Date.now().toString(36);
const toast = (page, text) => page.locator('.toast').filter({ hasText: text }).first();
const board = (page) => page.locator('a.tile').filter({ hasText: 'How complaints work' }).first();
const widget = (page, title) => page.getByRole('region', { name: title, exact: true });

async function openBoard(page) {
  await page.goto(`${acme}/`);
  await board(page).click();
  await page.waitForURL(/\/dashboards\//);
  await page.locator('.data-widget .figure').first().waitFor();
  await settled(page);
}

test('widgets: a portal shows a list, numbers and charts, and leads to the instances', async () => {
  const page = await open(`${acme}/`, { as: engineer });
  await openBoard(page);
  await widget(page, 'What is wrong').locator('svg .slice').first().waitFor();
  await widget(page, 'Where they are').locator('svg .column').first().waitFor();
  await looks(page, 'widgets');

  /* What the number says is what the list behind it has. */
  const figure = Number(await widget(page, 'Open complaints').locator('.figure').innerText());
  await widget(page, 'Open complaints').getByRole('link').click();
  await page.waitForURL(/\/instances\?of=.*state=open/);
  await settled(page);
  assert.equal(await page.locator('tbody tr').count(), figure);
  await page.goBack();

  /* Every picture has its table, for everybody. */
  await widget(page, 'What is wrong').getByRole('button', { name: 'Show as a table' }).click();
  await widget(page, 'What is wrong').getByRole('cell', { name: /^\d/ }).first().waitFor();
  await clean(page, 'a chart as a table');
  await widget(page, 'Last complaints').locator('tbody a').first().click();
  await page.waitForURL(/\/instances\/[0-9a-f-]{36}$/);
});

test('widgets: one that fails leaves the others alone, and can be asked again', async () => {
  const page = await open(`${acme}/`, { as: engineer });
  expecting(page, /503/);
  let broken = true;
  await page.route('**/widgets/1/data', (route) => (broken ? route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"title":"x","type":"x"}' }) : route.continue()));
  await page.goto(`${acme}/`);
  await board(page).click();
  const failed = widget(page, 'Open complaints');
  await failed.getByRole('alert').waitFor();
  await widget(page, 'Credit notes').locator('.figure').waitFor();
  broken = false;
  await failed.getByRole('button', { name: 'Try again' }).click();
  await failed.locator('.figure').waitFor();
});

test('widgets: a designer adds them, sees what comes of it, publishes', async () => {
  const page = await open(`${consoleUrl}/dashboards?do=create`, { as: administrator });
  const name = `Complaints ${fresh()}`;
  await page.getByRole('textbox', { name: /^Title/ }).fill(name);
  await page.locator('dialog[open]').getByRole('button', { name: 'Create dashboard' }).click();
  await page.waitForURL(/\/dashboards\/[0-9a-f-]{36}$/);
  await settled(page);
  const id = page.url().split('/').at(-1);
  const add = page.getByRole('group', { name: 'Add a widget' });

  await add.getByRole('button', { name: 'Number' }).click();
  const number = page.getByRole('region', { name: 'Number 1' });
  await page.getByRole('button', { name: 'Save draft' }).click();
  await number.getByText('Choose a process.').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-invalid') === 'true');
  await number.getByRole('textbox', { name: /^Title/ }).fill('Open ones');
  await choose(number, 'Process', 'Complaint');
  await number.getByRole('button', { name: 'Add condition' }).click();
  await number.locator('.data-widget .figure').waitFor();

  await add.getByRole('button', { name: 'Chart' }).click();
  const chart = page.getByRole('region', { name: 'Chart 2' });
  await chart.getByRole('textbox', { name: /^Title/ }).fill('Kinds');
  await choose(chart, 'Process', 'Complaint');
  await chart.locator('.data-widget svg').first().waitFor();
  await chart.getByLabel('Picture').selectOption('donut');
  await chart.getByLabel('Grouped by').selectOption({ label: 'What is wrong?' });
  await chart.locator('.slice').first().waitFor();

  await add.getByRole('button', { name: 'List' }).click();
  const list = page.getByRole('region', { name: 'List 3' });
  await list.getByRole('textbox', { name: /^Title/ }).fill('Last ones');
  await choose(list, 'Process', 'Complaint');
  await choose(list, 'Columns', 'Subject');
  await list.getByRole('columnheader', { name: 'Subject' }).waitFor();
  await looks(page, 'widget-editor');

  await page.getByRole('button', { name: 'Publish' }).click();
  await toast(page, 'Version 1 is published.').waitFor();
  const saved = await api(page, 'GET', `/dashboards/${id}`);
  assert.deepEqual(saved.data.widgets.map((w) => [w.type, w.title]), [['tile', 'Open ones'], ['chart', 'Kinds'], ['list', 'Last ones']]);
  assert.deepEqual(saved.data.widgets[0].conditions, [{ field: 'state', op: 'is', value: 'open' }]);
  assert.deepEqual(saved.data.widgets[2].columns, ['reference', 'status', 'modified_at', 'field:subject']);

  /* As partners see it: of one portal, of one partner. */
  await page.getByRole('button', { name: 'As partners see it' }).click();
  const all = Number(await widget(page, 'Open ones').locator('.figure').innerText());
  await page.getByLabel('Portal').selectOption('acme');
  await page.getByLabel('Partner', { exact: true }).selectOption({ label: 'Acme Fluid Systems' });
  await page.waitForFunction((before) => Number(document.querySelector('.data-widget .figure')?.textContent) < before, all);
  await clean(page, 'a preview of one partner');
  await page.getByRole('button', { name: 'Acts for this dashboard' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.locator('dialog[open]').getByRole('button', { name: 'Delete dashboard' }).click();
  await page.waitForURL(`${consoleUrl}/dashboards`);
});
