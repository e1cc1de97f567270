// SPDX-License-Identifier: Apache-2.0
// Actions of forms: made in the designer, taken in the portal.
import { api, assert, consoleUrl, focused, looks, open, portalUrl, settled, test } from './harness.mjs';
import { person } from './people.mjs';
import { creator, shareProcess } from './work.mjs';

const administrator = person('the host', 'administrator').sub;
const acme = portalUrl('acme');
const footer = (page) => page.locator('form footer');

async function tabTo(page, name) {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page))?.startsWith(name)) return;
  }
  assert.fail(`${name} cannot be reached with Tab; at ${await focused(page)}`);
}

const document = (title) => ({
  title,
  forms: [
    { name: 'report', title: 'Report', owners: {}, fields: [{ name: 'subject', title: 'Subject', type: 'text', required: true, indexed: true }] },
    {
      name: 'check',
      title: 'Check',
      owners: { partner: true },
      actions: [
        { name: 'send_back', title: 'Send back', kind: 'go_to', form: 'report', form_owners: true, comment: 'required' },
        { name: 'pass_on', title: 'Pass on', kind: 'reassign', form_owners: true },
      ],
      fields: [{ name: 'finding', title: 'Finding', type: 'text' }],
    },
  ],
});

let ready;
function acting() {
  ready ??= (async () => {
    const word = `back-${Date.now().toString(36)}`;
    return shareProcess(await open(`${consoleUrl}/`, { as: administrator }), word, document(`Sent ${word}`));
  })();
  return ready;
}

async function begun(page, submit) {
  const { share, process } = await acting();
  const body = { shared_process_id: share, process_id: process, values: { subject: 'Pump leaks' }, submit };
  const { status, data } = await api(page, 'POST', '/instances', { body });
  assert.equal(status, 201, JSON.stringify(data));
  return data;
}

test('actions: an instance is sent back with a reason, from the keyboard', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begun(page, true);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByRole('button', { name: 'Pass on' }).waitFor();
  await page.getByLabel('Finding').fill('Half a sentence');
  await looks(page, 'instance-actions');
  await tabTo(page, 'Send back');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('“Check” ends for now').waitFor();
  await dialog.getByRole('button', { name: 'Send back' }).click();
  await dialog.getByText('Say why').waitFor();
  await dialog.getByRole('textbox', { name: /^Why/ }).fill('The serial number is missing.');
  await looks(page, 'instance-send-back');
  await dialog.getByRole('button', { name: 'Send back' }).click();
  await page.getByRole('heading', { name: 'Report', level: 2 }).waitFor();
  await footer(page).getByRole('button', { name: 'Submit' }).waitFor();
  const { data } = await api(page, 'GET', `/instances/${id}`);
  assert.deepEqual([data.status, data.values.finding, data.comment_count], ['report', 'Half a sentence', 1], 'what was typed is saved before');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('sent back from “Check” to “Report”').waitFor();
  await page.getByText('The serial number is missing.').waitFor();
  await looks(page, 'instance-sent-back');
});

test('actions: the designer gives a form an action by keyboard, and follows the form’s new name', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  const name = `acted-${Date.now().toString(36)}`;
  const forms = document(name).forms.map(({ actions: _, ...form }) => form);
  const { status, data } = await api(page, 'POST', '/processes', { body: { name, title: name, document: { title: name, forms } } });
  assert.equal(status, 201, JSON.stringify(data));
  await page.goto(`${consoleUrl}/processes/${data.id}`);
  await settled(page);
  await page.getByRole('button', { name: /Check/ }).first().click();
  await page.getByRole('button', { name: 'Add action' }).focus();
  await page.keyboard.press('Enter');
  assert.match(await focused(page), /^Button/);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('Return it');
  await page.getByRole('combobox', { name: 'What it does' }).selectOption('Edit');
  await page.getByRole('combobox', { name: 'What it does' }).selectOption('Send back');
  await page.getByRole('checkbox', { name: 'The owners of this form' }).uncheck();
  await page.getByText('Nobody is named: nobody may.').waitFor();
  await page.getByRole('checkbox', { name: 'The owners of this form' }).check();
  await looks(page, 'designer-actions');
  await page.keyboard.press('Control+s');
  await page.locator('.toast').first().waitFor();
  const saved = (await api(page, 'GET', `/processes/${data.id}`)).data.document.forms[1].actions;
  assert.deepEqual(
    saved.map((a) => [a.name, a.title, a.kind, a.form, a.form_owners, a.comment]),
    [['return_it', 'Return it', 'go_to', 'report', true, 'required']],
  );
});
