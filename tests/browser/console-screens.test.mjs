// SPDX-License-Identifier: Apache-2.0
// Every screen of the console, in light, dark and 390 pixels: clean, and pictures of each.
import { api, assert, clean, consoleUrl, expecting, looks, open, settled, test } from './harness.mjs';
import { person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;
const first = (list, wanted = () => true) => list.data.data.find(wanted).id;

/* The screens by name; what has an id gets it from the API, so that the demo's data may change. */
const groups = {
  home: async () => ({ home: '/', portals: '/portals', create: '/portals/new' }),
  portal: async () => ({
    overview: '/portals/acme',
    brand: '/portals/acme/brand',
    'sign-in': '/portals/acme/sign-in',
    'portal-activity': '/portals/acme/activity',
  }),
  people: async (page) => {
    const members = await api(page, 'GET', '/portals/acme/members');
    return {
      members: '/portals/acme/members',
      selected: `/portals/acme/members?selected=${members.data.data.slice(0, 3).map((m) => m.id)}`,
      member: `/portals/acme/members?open=${first(members, (m) => m.state === 'active')}`,
      invited: `/portals/acme/members?open=${first(members, (m) => m.state === 'invited')}`,
      invite: '/portals/acme/members?do=invite',
    };
  },
  partners: async (page) => ({
    partners: '/portals/acme/partners',
    partner: `/portals/acme/partners?open=${first(await api(page, 'GET', '/portals/acme/partners'))}`,
    'add-partner': '/portals/acme/partners?do=add',
    groups: '/portals/acme/groups',
    group: `/portals/acme/groups?open=${first(await api(page, 'GET', '/portals/acme/groups'), (g) => !g.automatic)}`,
  }),
  placements: async (page) => ({
    placements: '/portals/acme/dashboards',
    placement: `/portals/acme/dashboards?open=${first(await api(page, 'GET', '/portals/acme/placements'))}`,
    place: '/portals/acme/dashboards?do=place',
  }),
  invitations: async (page) => ({
    invitations: '/portals/acme/invitations',
    invitation: `/portals/acme/invitations?open=${first(await api(page, 'GET', '/portals/acme/invitations'))}`,
  }),
  dashboards: async (page) => {
    const dashboards = await api(page, 'GET', '/dashboards');
    const id = first(dashboards, (d) => d.kind === 'page' && d.published_version);
    return {
      dashboards: '/dashboards',
      'create-dashboard': '/dashboards?do=create',
      editor: `/dashboards/${id}`,
      'editor-look': `/dashboards/${id}?view=look`,
      versions: `/dashboards/${id}?view=versions`,
    };
  },
  host: async (page) => ({
    'host-users': '/host/users',
    'host-user': `/host/users?open=${first(await api(page, 'GET', '/host/users'))}`,
    'add-host-user': '/host/users?do=add',
    'host-groups': '/host/groups',
    settings: '/settings',
  }),
  mail: async (page) => ({
    mail: '/mail',
    'one-mail': `/mail?open=${first(await api(page, 'GET', '/mail'))}`,
  }),
  work: async (page) => {
    const work = (await api(page, 'GET', '/instances?limit=200')).data.data;
    const place = (i) => `/portals/${i.portal}/instances/${i.id}`;
    const waiting = work.find((i) => i.state === 'open');
    return {
      instances: '/instances',
      stuck: '/instances?stuck=true',
      instance: place(waiting),
      'instance-history': `${place(waiting)}?view=history`,
      'instance-done': place(work.find((i) => i.state === 'completed')),
    };
  },
  bin: async () => ({ bin: '/bin' }),
  activity: async (page) => ({
    activity: '/activity',
    event: `/activity?open=${first(await api(page, 'GET', '/audit?limit=50'))}`,
  }),
};

for (const [group, screens] of Object.entries(groups)) {
  test(`console screens: ${group}`, async () => {
    const page = await open(`${consoleUrl}/`, { as: administrator });
    for (const [name, path] of Object.entries(await screens(page))) {
      await page.goto(consoleUrl + path);
      await settled(page);
      assert.match(await page.title(), / · /, `${name} names its window`);
      assert.equal(await page.locator('h1').count(), 1, `${name} has one main heading`);
      await looks(page, `console-${name}`);
    }
  });
}

test('console screens: not there', async () => {
  const page = await open(`${consoleUrl}/`, { as: administrator });
  expecting(page, /404 \(Not Found\)/);
  for (const [name, path, words] of [
    ['no-portal', '/portals/nowhere', 'There is no portal “nowhere”'],
    ['no-section', '/portals/acme/nonsense', 'This portal has no such section'],
    ['no-instance', '/portals/acme/instances/01900000-0000-7000-8000-000000000000', 'There is no such instance'],
    ['no-share', '/shared-processes/01900000-0000-7000-8000-000000000000', 'There is no such shared process'],
    ['no-member', '/portals/acme/members?open=01900000-0000-7000-8000-000000000000', 'This is not here'],
  ]) {
    await page.goto(consoleUrl + path);
    await settled(page);
    await page.getByText(words).first().waitFor();
    await looks(page, `console-${name}`);
  }
});

test('console screens: what a role does not include is not offered', async () => {
  const links = (page) => page.locator('nav.side ul a').allInnerTexts();
  for (const [notes, offered, closed] of [
    ['partner manager', ['Home', 'Portals', 'Processes', 'Sharing', 'Instances', 'Dashboards', 'Mail'], '/host/users'],
    ['designer', ['Home', 'Processes', 'Instances', 'Dashboards'], '/portals'],
    [
      'auditor',
      ['Home', 'Portals', 'Processes', 'Sharing', 'Instances', 'Mail', 'Host users', 'Host groups', 'Activity', 'Bin', 'Settings'],
      '/dashboards',
    ],
    /* Of Quality assurance, which administers a process. */
    ['user', ['Home', 'Processes', 'Instances'], '/portals'],
  ]) {
    const page = await open(`${consoleUrl}/`, { as: person('the host', notes).sub });
    const shown = (await links(page)).map((text) => text.trim());
    assert.deepEqual(shown.filter((l) => l !== 'Dashboards' || offered.includes('Dashboards')), offered, notes);
    await looks(page, `console-home-of-${notes.replace(' ', '-')}`);
    if (shown.includes('Dashboards') && closed === '/dashboards') continue;
    await page.goto(consoleUrl + closed);
    await settled(page);
    await page.getByText('Your roles do not include this page').waitFor();
  }
});

test('console screens: who administers a process finds that one, and may not make another', async () => {
  const page = await open(`${consoleUrl}/`, { as: person('the host', 'user').sub });
  await page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name: 'Processes' }).click();
  await page.getByRole('row', { name: /Complaint/ }).waitFor();
  assert.equal(await page.getByRole('row', { name: /Training request/ }).count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Create process' }).count(), 0);
  await looks(page, 'console-processes-of-an-administrator');
  await page.getByRole('row', { name: /Complaint/ }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Save draft' }).waitFor();
  await settled(page);
  await clean(page);
});

test('console screens: an auditor sees and changes nothing', async () => {
  const page = await open(`${consoleUrl}/portals/acme/members`, { as: person('the host', 'auditor').sub });
  assert.equal(await page.getByRole('button', { name: 'Invite people' }).count(), 0);
  assert.equal(await page.getByRole('checkbox').count(), 0, 'no selection without acts');
  await page.goto(`${consoleUrl}/portals/acme/brand`);
  await settled(page);
  assert.equal(await page.getByRole('button', { name: 'Save' }).count(), 0);
  assert.ok(await page.getByLabel('Name', { exact: true }).isDisabled());
});
