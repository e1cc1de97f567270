// SPDX-License-Identifier: Apache-2.0
// The README's pictures: real pages of the demo. Copy build/browser/readme-*.png to docs/images/ when they change.
import { clean, consoleUrl, open, picture, portalUrl, test } from './harness.mjs';
import { member, person } from './people.mjs';

test('readme: a portal in the console, and its home page', async () => {
  const console_ = await open(`${consoleUrl}/portals/acme`, { as: person('', 'administrator').sub });
  await picture(console_, 'readme-console');
  await clean(console_);
  const home = await open(`${portalUrl('acme')}/`, { as: member('Acme Fluid Systems').sub });
  await picture(home, 'readme-portal');
  await clean(home);
});
