// SPDX-License-Identifier: Apache-2.0
// From the mail to home in two acts, and every other end that an invitation can come to.
import { api, assert, consoleUrl, expecting, looks, mailUrl, open, portalUrl, signIn, test } from './harness.mjs';
import { member, person } from './people.mjs';

const acme = portalUrl('acme');
const administrator = person('the host', 'administrator').sub;
let count = 0;

const newcomer = () => {
  const number = `${Date.now().toString(36)}${count++}`;
  return { email: `newcomer-${number}@acme.example`, name: 'Nia Newcomer' };
};

/** Invites by the console's API; the invitation's id and the link that the mail brought. */
async function invite(who) {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  const partners = await api(page, 'GET', '/portals/acme/partners?state=active');
  const invited = await api(page, 'POST', '/portals/acme/invitations', {
    body: { addresses: [{ email: who.email }], role: 'viewer', partner_id: partners.data.data[0].id },
  });
  assert.equal(invited.data.data?.[0]?.result, 'invited', JSON.stringify(invited.data));
  return { page, id: invited.data.data[0].invitation_id, link: await mailedLink(who.email) };
}

/** The link in the newest mail to an address, as soon as it has come. */
async function mailedLink(email) {
  assert.ok(mailUrl, 'B2B_BROWSER_MAIL is not set');
  for (let tries = 0; tries < 150; tries++) {
    const list = await (await fetch(`${mailUrl}/api/messages?to=${encodeURIComponent(email)}`)).json();
    if (list.length) {
      const mail = await (await fetch(`${mailUrl}/api/messages/${list[0].id}`)).json();
      const link = /https?:\/\/\S+\/invitation\?token=[\w-]+/.exec(mail.text)?.[0];
      assert.ok(link, `no link in: ${mail.text}`);
      return link;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no mail to ${email} within 30 s`);
}

const heading = (page) => page.locator('main h1').innerText();

test('invitation: from the mail to home in two acts, then it is used', async () => {
  const who = newcomer();
  const { link } = await invite(who);
  const page = await open(link);
  assert.match(await heading(page), /You are invited/);
  assert.ok((await page.locator('main').innerText()).includes(who.email));
  await looks(page, 'invitation-open');
  page.b2b.allowed.push(/foreign origin/);
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await signIn(page, undefined, who);
  await page.waitForURL(`${acme}/`);
  assert.match(await heading(page), /^Welcome/);

  await page.goto(link);
  assert.match(await heading(page), /accepted already/);
  await looks(page, 'invitation-used');
  await page.getByRole('link', { name: 'Open the portal' }).click();
  await page.waitForURL(`${acme}/`);
});

test('invitation: opening the link changes nothing', async () => {
  const who = newcomer();
  const { page: console_, id, link } = await invite(who);
  for (let i = 0; i < 3; i++) await open(link);
  const { data } = await api(console_, 'GET', `/portals/acme/invitations/${id}`);
  assert.equal(data.state, 'pending');
});

test('invitation: another account is told so', async () => {
  const { link } = await invite(newcomer());
  const page = await open(link);
  expecting(page, /foreign origin/, /status of 403/);
  await page.getByRole('button', { name: 'Accept and sign in' }).click();
  await signIn(page, undefined, member('Northline').sub);
  assert.match(await heading(page), /someone else/);
  await looks(page, 'invitation-wrong-account');
});

test('invitation: declined, after signing in', async () => {
  const who = newcomer();
  const { page: console_, id, link } = await invite(who);
  const page = await open(link);
  expecting(page, /foreign origin/, /status of 403/);
  await page.getByRole('button', { name: 'Decline' }).click();
  await signIn(page, undefined, who);
  assert.match(await heading(page), /declined/);
  await looks(page, 'invitation-declined');
  assert.equal((await api(console_, 'GET', `/portals/acme/invitations/${id}`)).data.state, 'declined');
});

/* How it comes again, and not too often, is tested without a browser. */
test('invitation: who lost the mail can ask for it again', async () => {
  const who = newcomer();
  const { link } = await invite(who);
  const page = await open(`${acme}/`, { as: who, expect: [/status of 403/] });
  assert.match(await heading(page), /no access/);
  await looks(page, 'no-access-invited');
  await page.getByRole('button', { name: 'Send it to me again' }).click();
  await page.waitForURL(/\/invitation/);
  assert.match(await heading(page), /Look into your mailbox/);
  await looks(page, 'invitation-sent');
  await page.goto(link);
  assert.match(await heading(page), /You are invited/);
});

test('invitation: withdrawn', async () => {
  const { page: console_, id, link } = await invite(newcomer());
  const revoked = await api(console_, 'POST', `/portals/acme/invitations/${id}/revoke`);
  assert.equal(revoked.status, 200);
  const page = await open(link);
  assert.match(await heading(page), /withdrawn/);
  await looks(page, 'invitation-withdrawn');
});
