// SPDX-License-Identifier: Apache-2.0
// The README's pictures: real pages of the demo. Copy build/browser/readme-*.png to docs/images/ when they change.
import { api, clean, consoleUrl, open, picture, portalUrl, settled, test } from './harness.mjs';
import { member, person } from './people.mjs';

test('readme: a portal in the console, and its home page', async () => {
  const console_ = await open(`${consoleUrl}/portals/acme`, { as: person('', 'administrator').sub });
  await picture(console_, 'readme-console');
  await clean(console_);
  const home = await open(`${portalUrl('acme')}/`, { as: member('Acme Fluid Systems').sub });
  await picture(home, 'readme-portal');
  await clean(home);
});

test('readme: a process in the designer, and an instance that waits for somebody', async () => {
  const console_ = await open(`${consoleUrl}/`, { as: person('', 'administrator').sub });
  const { data } = await api(console_, 'GET', '/processes?q=complaint');
  await console_.goto(`${consoleUrl}/processes/${data.data.find((p) => p.name === 'complaint').id}/design`);
  await settled(console_);
  await picture(console_, 'readme-designer');
  await clean(console_);
  const portal = await open(`${portalUrl('acme')}/`, { as: member('Acme Fluid Systems').sub });
  const waiting = await api(portal, 'GET', '/instances?waiting=true&q=C-');
  await portal.goto(`${portalUrl('acme')}/instances/${waiting.data.data[0].id}`);
  await settled(portal);
  await picture(portal, 'readme-instance');
  await clean(portal);
});
