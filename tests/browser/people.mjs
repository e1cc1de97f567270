// SPDX-License-Identifier: Apache-2.0
// Who is who in the demo's data (demo/world.py), by asking the program that makes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'b2b-people-'));
execFileSync(process.env.PYTHON ?? '/usr/bin/python3', [join(root, 'demo/world.py'), 'people', join(folder, 'people.json')], {
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
});
const people = JSON.parse(readFileSync(join(folder, 'people.json'), 'utf8'));
rmSync(folder, { recursive: true });

/** The first person whose group (portal · partner, or the host) and note (role, groups, state) have these words. */
export function person(group, ...notes) {
  const found = people.find((p) => p.group.includes(group) && notes.every((note) => p.note.includes(note)));
  if (!found) throw new Error(`nobody of ${group} is ${notes.join(', ')}`);
  return found;
}

/** An active member of a portal, none of the others' `except` words. */
export function member(group, role = 'viewer') {
  const found = people.find((p) => p.group.includes(group) && p.note.includes(role) && !/suspended|invited/.test(p.note));
  if (!found) throw new Error(`no active ${role} in ${group}`);
  return found;
}
