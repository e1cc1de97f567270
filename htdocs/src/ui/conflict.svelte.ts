// SPDX-License-Identifier: Apache-2.0
// Saving against somebody else's newer version: shows both field by field, and saves again.
import { Problem } from '../api/problem';
import type { FieldConflict, Plain } from '../model/conflict';
import { findConflicts, mergeChoices } from '../model/conflict';

export interface OpenConflict {
  fields: FieldConflict[];
  labels: Record<string, string>;
  show: (field: string, value: unknown) => string;
  resolve: (keep: boolean) => void;
}

class ConflictState {
  /** What ConflictDialog shows. */
  open = $state<OpenConflict | null>(null);
}

export const conflict = new ConflictState();

export interface Saving<T extends Plain> {
  /** The values the editor started from, and what it wants. */
  base: Plain;
  mine: T;
  etag: string;
  save: (values: T, etag: string) => Promise<unknown>;
  /** Fetches the server's present version. */
  load: () => Promise<{ data: Plain; etag: string }>;
  labels: Record<string, string>;
  /** How a value reads; default: its text. */
  show?: (field: string, value: unknown) => string;
}

/**
 * Saves; on 412 asks which values to keep and saves again. Resolves to the values that were saved,
 * or null when the user cancelled (everything typed is still in the form).
 */
export async function saveOrMerge<T extends Plain>(saving: Saving<T>): Promise<T | null> {
  let { mine, base, etag } = saving;
  for (;;) {
    try {
      await saving.save(mine, etag);
      return mine;
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status !== 412) throw thrown;
    }
    const theirs = await saving.load();
    const fields = findConflicts(base, mine, theirs.data);
    if (fields.length > 0) {
      const keep = await new Promise<boolean>((resolve) => {
        conflict.open = { fields, labels: saving.labels, show: saving.show ?? showValue, resolve };
      });
      const chosen = $state.snapshot(conflict.open?.fields ?? fields) as FieldConflict[];
      conflict.open = null;
      if (!keep) return null;
      mine = mergeChoices(mine, chosen);
    }
    base = theirs.data;
    etag = theirs.etag;
  }
}

function showValue(_field: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
