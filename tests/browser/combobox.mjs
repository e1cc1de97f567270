// SPDX-License-Identifier: Apache-2.0
// A choice among many, made as somebody with a keyboard makes it.
import { settled } from './harness.mjs';

/**
 * Types TYPED into the combobox called LABEL, which is in WITHIN (a page, or a part of one), and takes what it finds. Only
 * when the list has come to rest: while it grows shorter its options move, and what was meant is not where one clicks.
 */
export async function choose(within, label, typed) {
  const page = within.page?.() ?? within;
  const box = within.getByRole('combobox', { name: label });
  await box.focus();
  await box.pressSequentially(typed);
  await within.getByRole('option').filter({ hasText: typed }).first().waitFor();
  await settled(page);
  const marked = within.locator('[role=option][data-highlighted]').filter({ hasText: typed });
  for (let tries = 0; tries < 5 && !(await marked.count()); tries++) await box.press('ArrowDown');
  await marked.waitFor();
  await box.press('Enter');
}
