// SPDX-License-Identifier: Apache-2.0
// The process designer against a real server: by keyboard, by mouse, publishing, versions, files, previews.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api, assert, clean, consoleUrl, expecting, focused, looks, open, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const designer = person('the host', 'designer').sub;
const unique = () => `t${Date.now().toString(36)}${Math.floor(Math.random() * 1e4)}`;

const document = (title) => ({
  title,
  forms: [
    {
      name: 'report',
      title: 'Report',
      description: 'What happened.',
      owners: { creator: true },
      fields: [
        { name: 'subject', title: 'Subject', type: 'text', required: true, indexed: true, width: 8, help: 'One line.' },
        { name: 'article', title: 'Article', type: 'text', width: 4, pattern: '[A-Z]{2}-\\d{4}', pattern_hint: 'As AB-1234.' },
        {
          name: 'kind',
          title: 'Kind',
          type: 'choice',
          appearance: 'radio',
          options: [
            { value: 'late', label: 'Late' },
            { value: 'broken', label: 'Broken' },
          ],
        },
        { name: 'since', title: 'Since', type: 'date', width: 6, required: true, shown_when: { field: 'kind', is: 'equals', value: 'late' } },
        { name: 'parts', title: 'Parts', type: 'table', columns: [{ name: 'part', title: 'Part', type: 'text', required: true }] },
        { name: 'contact', title: 'Contact', type: 'person', from_partner: true },
      ],
    },
    {
      name: 'closing',
      title: 'Closing',
      owners: { partner: true },
      fields: [{ name: 'satisfied', title: 'Satisfied', type: 'toggle' }],
    },
  ],
});

async function make(page) {
  const name = unique();
  const { status, data } = await api(page, 'POST', '/processes', { body: { name, title: `Complaint ${name}`, category: 'Tests', document: document(`Complaint ${name}`) } });
  assert.equal(status, 201, JSON.stringify(data));
  return data;
}
const fetchIt = async (page, id) => (await api(page, 'GET', `/processes/${id}`)).data;
const fieldNames = (process, form = 0) => process.document.forms[form].fields.map((f) => f.name);
const canvas = (page) => page.locator('.canvas');
const canvasField = (page, name) => canvas(page).getByRole('button', { name });
const toasted = (page, text) => page.locator('.toast').filter({ hasText: text }).first().waitFor();

test('designer: a process by keyboard alone, from the list to a published version', async () => {
  const name = unique();
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const keys = page.keyboard;
  await page.getByRole('button', { name: 'Create process' }).focus();
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  assert.equal(await focused(page), 'Title');
  await keys.type(`Training ${name}`);
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), `training-${name}`);
  await keys.press('Enter');
  await page.waitForURL(/\/processes\/[0-9a-f-]{36}$/);
  await settled(page);
  const id = page.url().split('/').pop();

  /* Two fields: each begins with the cursor in its title. */
  await page.getByRole('button', { name: 'Text', exact: true }).focus();
  await keys.press('Enter');
  assert.equal(await focused(page), 'Title');
  await keys.type('Course');
  await page.getByRole('button', { name: 'Number', exact: true }).focus();
  await keys.press('Enter');
  await keys.type('Price');

  /* Moved up, made wider, and one copied and removed. */
  await canvasField(page, /^Price/).focus();
  await keys.press('Alt+ArrowUp');
  assert.match(await focused(page), /^Price, Number, place 1 of 2, 4 of 12/);
  await keys.press('Alt+ArrowRight');
  await keys.press('Alt+ArrowRight');
  assert.match(await focused(page), /6 of 12/);
  await keys.press('Control+d');
  assert.match(await focused(page), /^Price \(copy\)/);
  await keys.press('Delete');
  await keys.press('Control+z');
  await canvasField(page, /^Price \(copy\)/).waitFor();
  await keys.press('Control+y');
  await canvasField(page, /^Price \(copy\)/).waitFor({ state: 'detached' });

  /* Another form, moved before the first and back. */
  await page.getByRole('button', { name: 'Add form' }).focus();
  await keys.press('Enter');
  const step = page.locator('.step').filter({ hasText: /^2/ });
  await step.focus();
  await keys.press('Alt+ArrowLeft');
  assert.match(await focused(page), /^1 ?Form 2/);
  await keys.press('Alt+ArrowRight');
  await keys.press('Control+s');
  await toasted(page, 'Draft saved');
  let process = await fetchIt(page, id);
  assert.deepEqual(process.document.forms.map((f) => f.fields.map((g) => [g.name, g.width])), [[['price', 6], ['course', 12]], []]);

  await page.getByRole('button', { name: 'Publish…' }).focus();
  await keys.press('Enter');
  await page.getByRole('dialog').getByText('This is the first version').waitFor();
  await clean(page, 'publish dialog');
  await page.getByRole('button', { name: 'Publish version 1.0' }).focus();
  await keys.press('Enter');
  await toasted(page, 'Version 1.0 is published');
  process = await fetchIt(page, id);
  assert.equal(process.published_version, '1.0');
  await clean(page, 'designer after publishing');
});

/* The window is tall, so that the test's own scrolling does not come between press and move. */
test('designer: by mouse: fields from the palette, within and between forms, wider at the edge', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer, viewport: { width: 1280, height: 1700 } });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  await page.getByRole('button', { name: 'Toggle', exact: true }).dragTo(canvasField(page, /^Subject/), { targetPosition: { x: 4, y: 10 } });
  await canvasField(page, /^Toggle, Toggle, place 1 of 7/).waitFor();
  await canvasField(page, /^Kind/).dragTo(canvasField(page, /^Toggle/), { targetPosition: { x: 4, y: 10 } });
  await canvasField(page, /^Kind, Choice, place 1 of 7/).waitFor();
  await canvasField(page, /^Contact/).dragTo(page.locator('.strip .form').nth(1));
  await canvasField(page, /^Contact, Person, place 2 of 2/).waitFor();

  await page.locator('.step').first().click();
  const edge = page.locator('.canvas-field').filter({ hasText: 'Subject' }).locator('.edge');
  await canvasField(page, /^Subject/).click();
  const box = await edge.boundingBox();
  const column = (await page.locator('.canvas .grid').boundingBox()).width / 12;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 2 * column, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await canvasField(page, /^Subject.*6 of 12 columns/).waitFor();
  await page.locator('.strip .form').nth(1).dragTo(page.locator('.strip .form').first());

  await page.getByRole('button', { name: 'Save draft' }).click();
  await toasted(page, 'Draft saved');
  const saved = await fetchIt(page, made.id);
  assert.deepEqual(saved.document.forms.map((f) => f.name), ['closing', 'report']);
  assert.deepEqual(fieldNames(saved, 1), ['kind', 'toggle', 'subject', 'article', 'since', 'parts']);
  assert.deepEqual(fieldNames(saved, 0), ['satisfied', 'contact']);
  assert.equal(saved.document.forms[1].fields.find((f) => f.name === 'subject').width, 6);
  await clean(page, 'designer after dragging');
});

test('designer: properties of a field, a pattern that is tried, a condition that would be a circle', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  const panel = page.locator('.properties');

  await canvasField(page, /^Article/).click();
  await panel.getByLabel('Try it').fill('AB-12');
  await panel.getByText('does not match', { exact: true }).waitFor();
  await panel.getByLabel('Try it').fill('AB-1234');
  await panel.getByText('matches', { exact: true }).waitFor();
  await panel.getByLabel(/^Pattern/).fill('(a+');
  await panel.getByText('Character 1 of the pattern').waitFor();
  await panel.getByLabel(/^Pattern/).fill('[A-Z]+');
  await panel.getByLabel('Name', { exact: true }).fill('status');
  await panel.getByLabel('Name', { exact: true }).blur();
  await panel.getByText('is a word of every instance').waitFor();
  await panel.getByLabel('Name', { exact: true }).fill('item');
  await panel.getByLabel('Name', { exact: true }).blur();

  /* "Kind" decides whether "Since" is shown: the other way round cannot be chosen. */
  await canvasField(page, /^Kind/).click();
  await panel.getByRole('button', { name: 'Add a condition: Shown when' }).click();
  const field = panel.getByLabel('Field of condition 1');
  assert.ok(await field.locator('option[value=since]').isDisabled());
  await field.selectOption('item');
  await panel.getByLabel('Value of condition 1').fill('X');
  await panel.getByRole('button', { name: 'Condition', exact: true }).first().click();
  await panel.getByLabel('Field of condition 2').selectOption('subject');
  await panel.getByLabel('Comparison of condition 2').selectOption('not_empty');
  await panel.getByLabel('How the conditions count together').selectOption('any');
  await looks(page, 'console-designer-conditions');
  await page.keyboard.press('Control+s');
  await toasted(page, 'Draft saved');
  const saved = await fetchIt(page, made.id);
  const kind = saved.document.forms[0].fields.find((f) => f.name === 'kind');
  assert.deepEqual(kind.shown_when, { any: [{ field: 'item', is: 'equals', value: 'X' }, { field: 'subject', is: 'not_empty' }] });
});

test('designer: what keeps a draft from being saved leads to its place', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  await page.locator('.step').nth(1).click();
  await page.locator('.properties').getByLabel('Everybody of the partner').uncheck();
  await canvasField(page, /^Satisfied/).click();
  await page.locator('.properties').getByLabel('Title').fill('');
  await page.locator('.step').first().click();
  await page.keyboard.press('Control+s');
  await page.getByText('2 things keep the draft from being saved').waitFor();
  await looks(page, 'console-designer-faults');
  await page.getByRole('button', { name: 'Closing › owners' }).click();
  await page.locator('.properties').getByText('Name at least one owner').waitFor();
  await page.locator('.properties').getByLabel('Who started the instance').check();
  await page.getByRole('button', { name: /^Closing › .* › title/ }).click();
  assert.equal(await focused(page), 'Title');
  await page.keyboard.type('Content');

  /* A picture that is still to be chosen can be seen and found. */
  await page.getByRole('button', { name: 'Picture', exact: true }).click();
  await canvas(page).getByText('Picture', { exact: true }).waitFor();
  await page.keyboard.press('Control+s');
  await page.getByRole('button', { name: 'Closing › Picture › picture' }).click();
  await page.locator('.properties').getByText('Choose a picture.').waitFor();
  await canvasField(page, /^Picture/).focus();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Control+s');
  await toasted(page, 'Draft saved');

  /* What only the server can know: a name that is taken. */
  const other = await make(page);
  expecting(page, /409|422|400/);
  await page.getByRole('link', { name: 'Settings' }).last().click();
  await page.getByLabel('Name', { exact: true }).fill(other.name);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.locator('[aria-invalid=true]').first().waitFor();
  assert.equal(await focused(page), 'Name');
});

test('designer: what is left to security users, by keyboard, and the difference says so', async () => {
  const page = await open(consoleUrl, { as: designer });
  const made = await make(page);
  await api(page, 'POST', `/processes/${made.id}/publish`, { etag: made.etag });
  await page.goto(`${consoleUrl}/processes/${made.id}/settings`);
  await settled(page);
  const section = page.getByRole('region', { name: 'Security' });
  await section.getByRole('radio', { name: /^Off/ }).focus();
  assert.equal(await section.getByText('Security users', { exact: true }).count(), 0, 'users are asked for when they matter');
  await page.keyboard.press('ArrowUp'); /* round to the last one */
  assert.ok(await section.getByRole('radio', { name: /^Security users only/ }).isChecked());
  await section.getByText('Nobody is named').waitFor();
  await clean(page);
  await section.getByLabel('Partner groups').fill('Quality');
  await page.keyboard.press('Enter');
  await section.getByRole('button', { name: 'Take out Quality' }).waitFor();
  assert.equal(await section.getByText('Nobody is named').count(), 0);
  await page.getByRole('radio', { name: /^Security users Those/ }).check();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await toasted(page, 'Draft saved');
  const { security, delete_rule: rule } = (await fetchIt(page, made.id)).document;
  assert.deepEqual(security, { mode: 'only', users: { partner: false, partner_groups: ['Quality'], host_users: [], host_groups: [] } });
  assert.equal(rule, 'security_users');
  await page.getByRole('button', { name: 'Publish' }).first().click();
  await page.getByRole('dialog').getByText('security changed from "off" to "security users only", its users are "Quality".').waitFor();
  await looks(page, 'designer-security');
});

test('designer: two people at one process lose nothing', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  const theirs = structuredClone(made.document);
  theirs.forms[0].fields.push({ name: 'theirs', title: 'Theirs', type: 'text' });
  theirs.forms[0].fields[0].title = 'Topic';
  const patched = await api(page, 'PATCH', `/processes/${made.id}`, { body: { document: theirs }, etag: made.etag });
  assert.equal(patched.status, 200, JSON.stringify(patched.data));

  expecting(page, /412/);
  await canvasField(page, /^Subject/).click();
  await page.locator('.properties').getByLabel('Title').fill('Matter');
  await page.locator('.step').nth(1).click();
  await page.getByRole('button', { name: 'Long text' }).click();
  await page.keyboard.type('Mine');
  await page.keyboard.press('Control+s');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Field “Theirs”').waitFor();
  await looks(page, 'console-designer-conflict');
  const subject = dialog.locator('fieldset').filter({ hasText: /Field “(Matter|Topic)”/ });
  await subject.getByRole('radio').nth(1).check();
  await dialog.getByRole('button', { name: /^Save/ }).click();
  await toasted(page, 'Draft saved');
  const saved = await fetchIt(page, made.id);
  assert.deepEqual(fieldNames(saved), ['subject', 'article', 'kind', 'since', 'parts', 'contact', 'theirs']);
  assert.equal(saved.document.forms[0].fields[0].title, 'Topic');
  assert.deepEqual(saved.document.forms[1].fields.map((f) => f.title), ['Satisfied', 'Mine']);
});

test('designer: versions are compared, looked at and made the draft again', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  const publish = async (version) => {
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('button', { name: `Publish version ${version}` }).click();
    await toasted(page, `Version ${version} is published`);
  };
  await publish('1.0');
  await canvasField(page, /^Kind/).click();
  await page.getByRole('button', { name: 'Remove Kind' }).click();
  await canvasField(page, /^Since/).click();
  await page.locator('.properties').getByRole('button', { name: 'Take out condition 1' }).click();
  await page.getByRole('button', { name: 'Publish…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('What changes since version 1.0').waitFor();
  await dialog.locator('li').first().waitFor();
  await looks(page, 'console-designer-publish');
  await dialog.getByRole('button', { name: 'Publish version 2.0' }).click();
  await toasted(page, 'Version 2.0 is published');

  await page.getByRole('link', { name: 'Versions' }).click();
  const row = (version) => page.locator('.plain-list > li').filter({ has: page.locator('strong', { hasText: `Version ${version}` }) });
  await row('2.0').getByRole('button', { name: 'Difference' }).click();
  await page.getByText('Compared with version 1.0').waitFor();
  await settled(page);
  await looks(page, 'console-process-versions');
  await row('1.0').getByRole('button', { name: 'Look at it' }).click();
  await row('1.0').getByText('Late').waitFor();
  await clean(page, 'a version looked at');
  await row('1.0').getByRole('button', { name: 'Acts for version 1.0' }).click();
  await page.getByRole('menuitem', { name: 'Make it the draft again…' }).click();
  await page.getByRole('button', { name: 'Make it the draft', exact: true }).click();
  await toasted(page, 'The draft is as version 1.0 was');
  await canvasField(page, /^Kind/).waitFor();
  const saved = await fetchIt(page, made.id);
  assert.equal(saved.published_version, '2.0');
  assert.ok(fieldNames(saved).includes('kind'));
});

test('designer: a process leaves as a file and comes back from it', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  await page.getByRole('button', { name: 'Acts for this process' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export' }).click()]);
  assert.equal(download.suggestedFilename(), `${made.name}.process.json`);
  const exported = JSON.parse(readFileSync(await download.path(), 'utf8'));
  assert.equal(exported.format, 'b2bportal-process');

  await page.goto(`${consoleUrl}/processes?do=import`);
  await settled(page);
  await looks(page, 'console-process-import');
  let number = 0;
  const folder = mkdtempSync(join(tmpdir(), 'b2b-import-'));
  const send = async (content) => {
    const file = join(folder, `${++number}.process.json`);
    writeFileSync(file, content);
    await page.getByLabel('File').setInputFiles(file);
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
  };
  await send('{"format": "other"}');
  await page.getByText('This is not an exported process').waitFor();

  expecting(page, /422|400/);
  const broken = structuredClone(exported);
  broken.document.forms[0].fields[1].pattern = '(?=x)';
  await send(JSON.stringify(broken));
  await page.getByText('Report › Article › pattern').waitFor();
  await clean(page, 'import refused');

  await send(JSON.stringify(exported));
  await toasted(page, 'is imported as');
  await page.waitForURL((url) => /\/processes\/[0-9a-f-]{36}$/.test(url.pathname) && !url.pathname.includes(made.id));
  await canvasField(page, /^Subject/).waitFor();
  rmSync(folder, { recursive: true });
});

test('designer: the preview is the form itself, for the host, a partner and a phone', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}?view=preview`);
  await settled(page);
  await looks(page, 'console-designer-preview');
  const form = page.locator('.preview');
  assert.equal(await form.getByLabel(/^Since/).count(), 0);
  await form.getByLabel('Late').check();
  await form.getByLabel(/^Since/).waitFor();
  await form.getByLabel(/^Article/).fill('x');
  await form.getByRole('button', { name: 'Submit' }).click();
  await form.getByText('3 answers need your attention').waitFor();
  await clean(page, 'preview with problems');
  await form.getByRole('link', { name: 'Subject' }).click();
  await page.keyboard.type('Scratches');
  await form.getByLabel(/^Article/).fill('AB-1234');
  await form.getByLabel(/^Since/).fill('2026-11-20');
  await form.getByRole('button', { name: 'Parts: Add a row' }).click();
  await page.keyboard.type('Housing');
  await form.getByRole('combobox').fill('an');
  await form.getByRole('option', { name: /Anna Berg/ }).waitFor();
  await page.keyboard.press('Enter');
  await form.getByRole('button', { name: 'Submit' }).click();
  await form.getByLabel(/^Satisfied/).check();
  await form.getByRole('button', { name: 'Submit and complete' }).click();
  await form.getByText('Completed').waitFor();

  await page.getByRole('button', { name: 'On a phone' }).click();
  await settled(page);
  const frame = await page.locator('.preview.phone').boundingBox();
  assert.ok(frame.width <= 410, `${frame.width} pixels wide`);
  const places = await page.locator('.preview [data-field]').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().x));
  assert.equal(new Set(places).size, 1, 'one column');
  await looks(page, 'console-designer-phone');
  await page.getByRole('button', { name: 'As the host' }).click();
  await page.locator('.preview').getByText('Closing').click();
  await page.getByText('People of the partner work on this form').waitFor();
});

test('designer: leaving asks, its own sections do not, and deleting counts', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await settled(page);
  await canvasField(page, /^Subject/).click();
  await page.locator('.properties').getByLabel('Title').fill('Changed');
  await page.getByRole('link', { name: 'Settings' }).last().click();
  await page.getByText('What it is called').waitFor();
  await settled(page);
  await looks(page, 'console-process-settings');
  await page.getByRole('button', { name: 'Number, four digits' }).click();
  assert.match(await page.getByRole('textbox', { name: 'Pattern' }).inputValue(), /\[number:4\]/);
  await page.getByText(`${made.name}-`).first().waitFor();
  await page.getByRole('link', { name: 'Design', exact: true }).click();
  await canvasField(page, /^Changed/).waitFor();
  await page.getByRole('link', { name: 'Home' }).first().click();
  await page.getByText('Leave without saving?').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.keyboard.press('Control+s');
  await toasted(page, 'Draft saved');

  await page.getByRole('button', { name: 'Acts for this process' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete process' }).click();
  await page.waitForURL(/\/processes$/);
  expecting(page, /404/);
  await page.goto(`${consoleUrl}/processes/${made.id}`);
  await page.getByText('There is no such process').waitFor();

  /* What is shared cannot be deleted: the question says so, and offers nothing that would fail. */
  const shared = (await api(page, 'GET', '/processes')).data.data.find((p) => p.share_count === 1);
  await page.goto(`${consoleUrl}/processes/${shared.id}`);
  await settled(page);
  await page.getByRole('button', { name: 'Acts for this process' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByText(/^It cannot be deleted now: 1 shared process names it, at \d+ partners?\. Take it out of that first\.$/).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Delete process' }).count(), 0);
  assert.equal(await page.getByRole('dialog').getByRole('textbox').count(), 0);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
});

test('designer: lists and the empty form', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  await make(page);
  await page.goto(`${consoleUrl}/processes`);
  await settled(page);
  await looks(page, 'console-processes');
  await page.goto(`${consoleUrl}/processes?do=create`);
  await settled(page);
  await looks(page, 'console-create-process');
  const name = unique();
  const { data } = await api(page, 'POST', '/processes', { body: { name, title: `Empty ${name}` } });
  await page.goto(`${consoleUrl}/processes/${data.id}`);
  await settled(page);
  await page.getByText('This form is empty').waitFor();
  await looks(page, 'console-designer-empty');
});

test('designer: who may only read sees the preview and no acts', async () => {
  const page = await open(`${consoleUrl}/processes`, { as: designer });
  const made = await make(page);
  const reader = await open(`${consoleUrl}/processes/${made.id}`, { as: person('the host', 'auditor').sub });
  await reader.locator('.preview').waitFor();
  assert.equal(await reader.getByRole('button', { name: 'Save draft' }).count(), 0);
  assert.equal(await reader.getByRole('button', { name: 'Publish…' }).count(), 0);
  await looks(reader, 'console-designer-reader');
});
