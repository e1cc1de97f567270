// SPDX-License-Identifier: Apache-2.0
// Two people changed the same thing: what each of them changed, field by field.

export type Plain = Record<string, unknown>;

export interface FieldConflict {
  field: string;
  mine: unknown;
  theirs: unknown;
  /** Only one side changed it, so that side's value is proposed; both: the reader must look. */
  both: boolean;
  choice: 'mine' | 'theirs';
}

/** Values are equal when their JSON is, whatever the order of an object's members. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [x, y] = [a as Plain, b as Plain];
  const keys = Object.keys(x);
  return keys.length === Object.keys(y).length && keys.every((key) => key in y && same(x[key], y[key]));
}

/**
 * Compares what the editor started from (`base`), what it wants to save (`mine`) and what the
 * server has now (`theirs`), over the members of `mine`. Members that agree are left out.
 */
export function findConflicts(base: Plain, mine: Plain, theirs: Plain): FieldConflict[] {
  const found: FieldConflict[] = [];
  for (const field of Object.keys(mine)) {
    if (same(mine[field], theirs[field])) continue;
    const iChanged = !same(mine[field], base[field]);
    const theyChanged = !same(theirs[field], base[field]);
    found.push({
      field,
      mine: mine[field],
      theirs: theirs[field],
      both: iChanged && theyChanged,
      choice: iChanged ? 'mine' : 'theirs',
    });
  }
  return found;
}

/** `mine` with the chosen values; ready to be saved against the server's new version. */
export function mergeChoices<T extends Plain>(mine: T, conflicts: FieldConflict[]): T {
  const merged: Plain = { ...mine };
  for (const c of conflicts) merged[c.field] = c.choice === 'mine' ? c.mine : c.theirs;
  return merged as T;
}
