// SPDX-License-Identifier: Apache-2.0
// Working on instances in a portal: start, fill in, upload, submit, the next one; what may go wrong in between.
import { api, assert, clean, consoleUrl, expecting, focused, forgetSessions, looks, open, portalUrl, settled, signIn, test } from './harness.mjs';
import { person } from './people.mjs';
import { begin, checker, creator, passingGroup, photo, png, shareProcess, work } from './work.mjs';

const administrator = person('the host', 'administrator').sub;
const acme = portalUrl('acme');
const footer = (page) => page.locator('form footer');
const save = (page) => footer(page).getByRole('button', { name: 'Save' }).click();
const submit = (page) => footer(page).getByRole('button', { name: 'Submit' }).click();
const saved = (page) => footer(page).getByText('Everything is saved').waitFor();

/** Presses Tab until the control of this name has the focus. */
async function tabTo(page, name) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    if ((await focused(page))?.startsWith(name)) return;
  }
  assert.fail(`${name} cannot be reached with Tab; at ${await focused(page)}`);
}

test('work: home shows what is shared and leads to it', async () => {
  const { title, share, start } = await work();
  const page = await open(`${acme}/`, { as: creator.sub });
  const card = page.locator('.share').filter({ hasText: `${title} of Acme` });
  await card.getByText('Report each fault within three days.').waitFor();
  assert.equal(await card.getByRole('link', { name: `Start ${title}` }).getAttribute('href'), start);
  await card.getByRole('link', { name: `${title} of Acme` }).click();
  await page.waitForURL(`${acme}/shared-processes/${share}`);
  await settled(page);
  assert.equal(await focused(page), `${title} of Acme`, 'a new page begins at its heading');
  await page.getByText('Photographs help.').waitFor();
  await looks(page, 'share');
  await page.getByRole('link', { name: `Start ${title}` }).click();
  await page.waitForURL(acme + start);
  await settled(page);
  assert.equal(await focused(page), `New: ${title}`);
  await looks(page, 'start');
});

test('work: from the keyboard: start, upload, submit; the next owner completes it in another browser', async () => {
  const { start } = await work();
  const page = await open(acme + start, { as: creator.sub });
  await tabTo(page, 'Product');
  await page.keyboard.type('Pump');
  await tabTo(page, 'Amount');
  await page.keyboard.type('12.5');
  await tabTo(page, 'Description');
  await page.keyboard.type('It leaks at the flange.');
  await page.locator('input[type=file]').setInputFiles(photo('leak.png'));
  await page.waitForURL(/\/instances\/[0-9a-f-]+$/);
  await page.getByText('leak.png').first().waitFor();
  const id = new URL(page.url()).pathname.split('/').pop();
  assert.equal(await page.getByLabel('Description').inputValue(), 'It leaks at the flange.', 'typed before the upload');
  await tabTo(page, 'Submit');
  await page.keyboard.press('Enter');
  await page.getByText('“Check” waits for').waitFor();
  const reference = await page.locator('h1').innerText();
  assert.match(await focused(page), new RegExp(reference));
  const sent = await api(page, 'GET', `/instances/${id}`);
  assert.deepEqual([sent.data.values.product, sent.data.values.amount, sent.data.values.photos.length], ['pump', 12.5, 1]);
  const other = await open(`${acme}/`, { as: checker.sub });
  const waiting = other.locator('section').filter({ has: other.locator('#waiting') });
  await waiting.getByText(reference, { exact: true }).waitFor();
  await looks(other, 'home-waiting');
  await waiting.getByText(reference, { exact: true }).click();
  await other.waitForURL(`${acme}/instances/${id}`);
  await settled(other);
  /* The earlier form is there to be read, and its photograph to be fetched. */
  await other.locator('summary').filter({ hasText: 'Report' }).click();
  await other.getByText('It leaks at the flange.').waitFor();
  const file = await other.getByRole('link', { name: 'leak.png' }).getAttribute('href');
  const fetched = await other.evaluate(async (url) => {
    const answer = await fetch(url);
    return [answer.status, answer.headers.get('Content-Disposition'), (await answer.arrayBuffer()).byteLength];
  }, file);
  assert.deepEqual([fetched[0], fetched[2]], [200, png().length]);
  assert.match(fetched[1], /^attachment/);
  await looks(other, 'instance-edit');
  await submit(other);
  await other.getByText('One answer needs your attention').waitFor();
  await other.getByLabel('Finding').fill('A worn seal');
  await submit(other);
  await other.getByText('This instance is completed.').waitFor();
});

test('work: an instance that waits, one that is done; who changed what, and its files', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'To be looked at' }, true);
  await page.goto(`${acme}/instances/${id}`);
  await page.getByText('“Check” waits for').waitFor();
  await looks(page, 'instance-waits');
  const done = await api(page, 'GET', '/instances?state=completed&limit=1');
  await page.goto(`${acme}/instances/${done.data.data[0].id}`);
  await page.getByText('This instance is completed.').waitFor();
  await looks(page, 'instance-done');
  await page.getByRole('link', { name: 'History' }).click();
  await page.locator('dd').filter({ hasText: 'A worn seal' }).waitFor();
  await looks(page, 'instance-history');
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByRole('link', { name: 'leak.png' }).last().waitFor();
  await looks(page, 'instance-files');
});

test('work: repeated clicks make one instance', async () => {
  const { start, process } = await work();
  const page = await open(acme + start, { as: creator.sub });
  await page.getByLabel('Description').fill('Once');
  const made = [];
  page.on('response', (r) => r.request().method() === 'POST' && r.url().endsWith('/instances') && made.push(r.status()));
  await footer(page).getByRole('button', { name: 'Save' }).dblclick();
  await page.waitForURL(/\/instances\/[0-9a-f-]+$/);
  await saved(page);
  assert.deepEqual(made, [201]);
  const list = await api(page, 'GET', `/instances?process_id=${process}&limit=500`);
  assert.equal(new Set(list.data.data.map((i) => i.id)).size, list.data.data.length);
});

test('work: what is missing and what depends on it is said at the fields', async () => {
  const { start } = await work();
  const page = await open(acme + start, { as: creator.sub });
  assert.equal(await page.getByLabel('Why is it urgent?').count(), 0);
  await submit(page);
  await page.getByText('2 answers need your attention').waitFor();
  assert.match(await focused(page), /^2 answers/);
  await clean(page, 'a form with errors');
  await page.getByRole('link', { name: 'Product' }).click();
  assert.match(await focused(page), /^Product/);
  await page.getByLabel('Urgent').check();
  await page.getByLabel('Why is it urgent?').waitFor();
  await page.getByLabel('Product').selectOption('valve');
  await page.getByLabel('Description').fill('It rattles');
  await submit(page);
  await page.getByText('One answer needs your attention').waitFor();
  await page.getByLabel('Why is it urgent?').fill('The line stands still');
  await page.getByLabel('Amount').fill('-5');
  await submit(page);
  await page.getByText(/Not less than/).first().waitFor();
  await page.getByLabel('Amount').fill('5');
  await submit(page);
  await page.getByText('“Check” waits for').waitFor();
});

test('work: the server has the last word, at the field', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'It rattles' });
  expecting(page, /status of 400/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.route('**/api/v1/instances/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    const body = route.request().postDataJSON();
    return route.continue({ postData: JSON.stringify({ ...body, values: { ...body.values, amount: -1 } }) });
  });
  await page.getByLabel('Description').fill('Changed');
  await save(page);
  await page.getByLabel('Amount').and(page.locator('[aria-invalid=true]')).waitFor();
  assert.match(await focused(page), /^One answer needs your attention/);
  assert.equal(await page.getByLabel('Description').inputValue(), 'Changed');
  await clean(page, 'a refusal at a field');
});

test('work: two browsers on one form; the second chooses and loses nothing', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', amount: 1, what: 'First words' });
  expecting(page, /status of 412/);
  await page.goto(`${acme}/instances/${id}`);
  const other = await open(`${acme}/instances/${id}`, { as: creator.sub });
  await other.getByLabel('Description').fill('Words of the other');
  await other.getByLabel('Amount').fill('20');
  await save(other);
  await saved(other);
  await page.getByLabel('Description').fill('My words');
  await save(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Words of the other').waitFor();
  await dialog.getByText('My words').waitFor();
  await looks(page, 'instance-conflict');
  await dialog.getByRole('button', { name: 'Save the chosen values' }).click();
  await saved(page);
  const { data } = await api(page, 'GET', `/instances/${id}`);
  assert.deepEqual([data.values.what, data.values.amount], ['My words', 20], 'mine where both changed, theirs where only they did');
  assert.equal(await page.getByLabel('Amount').inputValue(), '20.00');
});

test('work: the form was passed on meanwhile; the words become a comment', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id, etag } = await begin(page, { product: 'valve', what: 'First words' });
  expecting(page, /status of 4(09|12)/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByLabel('Description').fill('Too late');
  const passed = await api(page, 'PATCH', `/instances/${id}`, { body: { form: 'report', values: {}, submit: true }, etag });
  assert.equal(passed.status, 200, JSON.stringify(passed.data));
  await save(page);
  await page.getByText('has submitted this form in the meantime').waitFor();
  assert.equal(await page.getByLabel('Description').inputValue(), 'Too late');
  await clean(page, 'passed on meanwhile');
  await page.getByRole('button', { name: 'Write it as a comment' }).click();
  const comment = page.getByRole('textbox', { name: 'Comment' });
  await comment.waitFor();
  assert.match(await comment.inputValue(), /Description: Too late/);
  await page.getByRole('button', { name: 'Add comment' }).click();
  await page.locator('li.mine').getByText('Too late').waitFor();
  await looks(page, 'instance-comments');
  await page.getByRole('link', { name: 'Form', exact: true }).click();
  await page.getByRole('button', { name: 'Show how it stands' }).click();
  await page.getByText('“Check” waits for').waitFor();
});

test('work: the session ends while one types; sign in again in place, saved', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'First words' });
  expecting(page, /status of 401/);
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByLabel('Description').fill('Every keystroke');
  await page.context().clearCookies();
  await save(page);
  await page.getByText('Your session has ended').waitFor();
  const [popup] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('button', { name: 'Sign in again' }).click(),
  ]);
  await signIn(popup, undefined, creator.sub).catch((thrown) => {
    if (!popup.isClosed()) throw thrown;
  });
  await saved(page);
  assert.equal((await api(page, 'GET', `/instances/${id}`)).data.values.what, 'Every keystroke');
  forgetSessions();
});

test('work: a reload offers what was typed, and leaving asks', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'First words' });
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByLabel('Description').fill('Typed and not saved');
  await footer(page).getByRole('button', { name: 'Close' }).click();
  await page.getByText('Leave without saving?').waitFor();
  await clean(page, 'leaving asks');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  page.on('dialog', (asked) => asked.accept());
  await page.reload();
  await page.getByText('What you typed here before was not saved.').waitFor();
  await settled(page);
  await looks(page, 'instance-typed');
  assert.equal(await page.getByLabel('Description').inputValue(), 'First words');
  await page.getByRole('button', { name: 'Use it' }).click();
  assert.equal(await page.getByLabel('Description').inputValue(), 'Typed and not saved');
  await save(page);
  await saved(page);
  await page.reload();
  await settled(page);
  assert.equal(await page.getByLabel('Description').inputValue(), 'Typed and not saved');
  assert.equal(await page.getByText('What you typed here before was not saved.').count(), 0);
});

/** Next, back, previous and a reload of the list at this address show the same pages as before. */
async function turnPages(page, address) {
  const cells = page.locator('tbody tr td:first-child');
  const rows = async () => (await cells.allInnerTexts()).map((text) => text.trim().split('\n')[0]);
  const turn = (name) => page.getByRole('button', { name, exact: true });
  const shows = async (expected, when) => {
    await cells.first().filter({ hasText: expected[0] }).waitFor();
    assert.deepEqual(await rows(), expected, when);
  };
  await page.goto(address);
  await settled(page);
  const first = await rows();
  assert.ok(first.length >= 25 && first.length < 55, `${first.length} rows`);
  assert.ok(await turn('Previous').isDisabled());
  await turn('Next').click();
  await page.waitForURL(/[?&]after=/);
  await cells.first().filter({ hasNotText: first[0] }).waitFor();
  const second = await rows();
  assert.ok(second.length > 0 && !second.some((row) => first.includes(row)), 'other rows');
  await clean(page, 'the second page of a list');
  await page.reload();
  await shows(second, 'the same page by its address');
  await page.goBack();
  await page.waitForURL((url) => !url.searchParams.has('after'));
  await shows(first, 'back');
  await page.goForward();
  await shows(second, 'forward');
}

test('work: lists of more than one page, in the portal and in the console', async () => {
  const { share, process } = await work();
  const page = await open(`${acme}/`, { as: creator.sub });
  const made = await page.evaluate(
    async (body) => {
      const start = () =>
        fetch('/api/v1/instances', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
      const answers = [];
      for (let i = 0; i < 55; i++) answers.push((await start()).status);
      return answers;
    },
    { shared_process_id: share, process_id: process, values: { product: 'pump', what: 'One of many' }, submit: false },
  );
  assert.ok(made.every((status) => status === 201), made.join());
  /* By reference: what others change meanwhile does not move the rows. */
  await turnPages(page, `${acme}/instances?of=${share}~${process}&sort=reference`);
  const console_ = await open(`${consoleUrl}/`, { as: administrator });
  await turnPages(console_, `${consoleUrl}/instances?process_id=${process}&sort=reference`);
});

test('work: the list keeps search, filters, sort and columns in the address', async () => {
  const { title, share, process } = await work();
  const page = await open(`${acme}/`, { as: creator.sub });
  const { reference } = await begin(page, { product: 'pump', amount: 77, what: 'One to be found' });
  await begin(page, { product: 'valve', amount: 5, what: 'Another' });
  await page.goto(`${acme}/instances`);
  await settled(page);
  await looks(page, 'instances');
  await page.getByRole('combobox', { name: 'Process' }).selectOption({ label: title });
  await page.waitForURL(/[?&]of=/);
  await page.getByRole('combobox', { name: 'Field' }).selectOption({ label: 'Amount' });
  await page.getByLabel('Amount, from').fill('70');
  await page.waitForURL(/from=70/);
  await settled(page);
  await page.getByRole('columnheader', { name: 'Amount' }).getByRole('button').click();
  await page.waitForURL(/sort=field/);
  await settled(page);
  const rows = async () => (await page.locator('tbody tr td:first-child').allInnerTexts()).map((text) => text.trim());
  assert.deepEqual(await rows(), [reference]);
  await looks(page, 'instances-filtered');
  await page.reload();
  await settled(page);
  assert.deepEqual(await rows(), [reference], 'the same view by its address');
  const csv = await page.getByRole('link', { name: 'Export as CSV' }).getAttribute('href');
  const text = await page.evaluate(async (url) => (await fetch(url)).text(), csv);
  assert.equal(text.trim().split('\r\n').length, 2, text);
  assert.match(text, new RegExp(reference));
  /* Columns of choice outlive the visit. */
  await page.getByRole('button', { name: 'Columns' }).click();
  await clean(page, 'choosing columns');
  await page.getByRole('checkbox', { name: 'Created by' }).uncheck();
  await page.keyboard.press('Escape');
  await page.reload();
  await settled(page);
  assert.equal(await page.getByRole('columnheader', { name: 'Created by' }).count(), 0);
  await page.goto(`${acme}/instances?of=${share}~${process}&q=nothing-like-this`);
  await settled(page);
  await page.getByText('Nothing found').waitFor();
  await clean(page, 'nothing found');
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await page.waitForURL(`${acme}/instances`);
});

test('work: on a phone, filters with long choices stay within the list', async () => {
  await work();
  const page = await open(`${acme}/instances`, { as: creator.sub, viewport: { width: 390, height: 844 } });
  const filter = page.getByRole('combobox', { name: 'Process' });
  await filter.locator('option').last().evaluate((option) => (option.label = 'A process with a title of many words, and of which share it is'));
  const card = await page.locator('.table-card').boundingBox();
  const box = await filter.boundingBox();
  assert.ok(box.x + box.width <= card.x + card.width, `to ${box.x + box.width}, the list to ${card.x + card.width}`);
});

test('work: reassign, then delete what is one’s own', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id, reference } = await begin(page, { product: 'valve', what: 'To be given away' });
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  await page.getByRole('button', { name: 'Reassign' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Reassign' }).click();
  await dialog.getByText('Choose at least one person or group.').waitFor();
  /* Whoever cannot have it, here since they went meanwhile, is named. */
  const gone = await passingGroup();
  await dialog.getByRole('combobox', { name: 'To' }).fill(gone.name);
  await dialog.getByRole('option').filter({ hasText: gone.name }).first().click();
  await gone.remove();
  expecting(page, /status of 400/);
  await dialog.getByRole('button', { name: 'Reassign' }).click();
  await dialog.getByText(`This form cannot be given to ${gone.name}`).waitFor();
  await looks(page, 'instance-reassign-refused');
  await dialog.getByRole('button', { name: `Remove ${gone.name}` }).click();
  await dialog.getByRole('combobox', { name: 'To' }).fill(checker.family_name);
  await dialog.getByRole('option').filter({ hasText: checker.family_name }).first().click();
  await dialog.getByRole('textbox', { name: /Comment/ }).fill('Please go on with this');
  await looks(page, 'instance-reassign');
  await dialog.getByRole('button', { name: 'Reassign' }).click();
  await page.getByText('“Report” waits for').waitFor();
  await page.getByRole('link', { name: /^Comments/ }).click();
  await page.getByText('Please go on with this').waitFor();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('It disappears for everybody here at once').waitFor();
  await looks(page, 'instance-delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL(`${acme}/instances`);
  expecting(page, /status of 404/);
  await page.goto(`${acme}/instances/${id}`);
  await page.getByText('This instance is not here').waitFor();
  assert.ok(reference);
});

test('work: notices: the bell counts, shows and forgets; mail is a choice of one’s own', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { reference } = await begin(page, { product: 'valve', what: 'For the checker' }, true);
  const other = await open(`${acme}/`, { as: checker.sub });
  await other.getByRole('button', { name: /^Notices: .* new$/ }).click();
  const panel = other.getByRole('dialog', { name: 'Notices' });
  await panel.getByText(reference).waitFor();
  await looks(other, 'notices');
  await other.keyboard.press('Escape');
  await other.getByRole('button', { name: 'Notices', exact: true }).waitFor();
  await other.reload();
  await settled(other);
  await other.getByRole('button', { name: 'Notices', exact: true }).waitFor();
  await other.getByRole('button', { name: 'Notices', exact: true }).click();
  await panel.getByRole('link').filter({ hasText: reference }).click();
  await other.locator('h1').filter({ hasText: reference }).waitFor();

  await page.goto(`${acme}/me`);
  await settled(page);
  const mail = page.getByLabel('E-mail me when something is assigned to me');
  const before = await mail.isChecked();
  await mail.setChecked(!before);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your details are saved.').waitFor();
  await page.reload();
  await settled(page);
  assert.equal(await mail.isChecked(), !before);
  await mail.setChecked(before);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Your details are saved.').waitFor();
});

test('work: a picture in a form is there from the start, and in the instance', async () => {
  const console_ = await open(`${consoleUrl}/`, { as: person('the host', 'administrator').sub });
  const file = await console_.evaluate(async (bytes) => {
    const headers = { 'Content-Type': 'image/png', Accept: 'application/json' };
    return (await (await fetch('/api/v1/images', { method: 'POST', headers, body: new Uint8Array(bytes) })).json()).file;
  }, [...png()]);
  const word = `picture-${Date.now().toString(36)}`;
  const fields = [
    { name: 'plan', type: 'image', file, alt: 'Where the number stands' },
    { name: 'serial', title: 'Number', type: 'text' },
  ];
  const { start } = await shareProcess(console_, word, { title: word, forms: [{ name: 'f', title: 'F', owners: {}, fields }] });
  const page = await open(`${acme}${start}`, { as: creator.sub });
  const loaded = () => page.getByRole('img', { name: 'Where the number stands' }).evaluate((img) => img.decode().then(() => img.naturalWidth));
  assert.equal(await loaded(), 1);
  await page.getByLabel('Number').fill('7');
  await save(page);
  await saved(page);
  assert.match(page.url(), /\/instances\/[0-9a-f-]{36}$/);
  assert.equal(await loaded(), 1);
  await submit(page);
  await page.getByText('Completed').first().waitFor();
  assert.equal(await loaded(), 1);
});

test('work: in German', async () => {
  const { start, share, process } = await work();
  const writer = await open(`${acme}/`, { as: creator.sub });
  const { reference } = await begin(writer, { product: 'valve', what: 'Dear', amount: 1234.5 });
  const page = await open(`${acme}/`, { as: checker.sub });
  const me = await api(page, 'GET', '/me');
  await api(page, 'PATCH', '/me', { body: { locale: 'de' }, etag: me.etag });
  try {
    for (const [path, name] of [
      ['/', 'german-home'],
      ['/instances', 'german-instances'],
      [start, 'german-start'],
    ]) {
      await page.goto(acme + path);
      await settled(page);
      assert.equal(await page.locator('html').getAttribute('lang'), 'de');
      const english = (await page.locator('body').innerText()).match(/\b(Start new|Waiting|Submit|Save|Close|Instances|Columns|Search|Shared processes)\b/);
      assert.equal(english, null, path);
      await looks(page, name);
    }
    await footer(page).getByRole('button', { name: 'Absenden' }).click();
    await page.getByText('2 Angaben brauchen Ihre Aufmerksamkeit').waitFor();
    /* Values in lists, too. */
    await page.goto(`${acme}/instances?of=${share}~${process}&q=${reference}`);
    await settled(page);
    const row = await page.locator('tbody tr').innerText();
    assert.match(row, /\b1\.234,50 EUR\b/, row);
  } finally {
    const now = await api(page, 'GET', '/me');
    await api(page, 'PATCH', '/me', { body: { locale: 'en' }, etag: now.etag });
  }
});

test('work: what is not there, or not for me', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  expecting(page, /status of 404/);
  const none = '00000000-0000-7000-8000-000000000000';
  for (const [path, words] of [
    [`/instances/${none}`, 'This instance is not here'],
    [`/shared-processes/${none}`, 'This shared process is not here'],
    [`/shared-processes/${none}/${none}/new`, 'This instance is not here'],
  ]) {
    await page.goto(acme + path);
    await page.getByRole('heading', { level: 1, name: words }).waitFor();
    await clean(page, path);
  }
});

test('work: fields take nothing while a submit is under way, and hold what was typed when it fails', async () => {
  const page = await open(`${acme}/`, { as: creator.sub });
  const { id } = await begin(page, { product: 'valve', what: 'It leaks' });
  await page.goto(`${acme}/instances/${id}`);
  await settled(page);
  expecting(page, /ERR_FAILED/);
  let release;
  const asked = new Promise((resolve) => {
    void page.route('**/api/v1/instances/*', async (route) => {
      if (route.request().method() !== 'PATCH') return route.continue();
      await new Promise((go) => {
        release = go;
        resolve();
      });
      await route.abort();
    });
  });
  const amount = page.getByLabel('Amount');
  await amount.fill('12.5');
  await amount.press('Enter');
  await asked;
  assert.ok(await amount.isDisabled(), 'what is typed now would go with the form');
  release();
  await page.waitForFunction(() => !globalThis.document.querySelector('form fieldset')?.disabled);
  assert.match(await amount.inputValue(), /^12[.,]50?$/);
  await page.waitForFunction(() => globalThis.document.activeElement?.labels?.[0]?.textContent?.startsWith('Amount'));
});
