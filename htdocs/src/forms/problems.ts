// SPDX-License-Identifier: Apache-2.0
// What the server found wrong with values, at the fields.
import { faultsOf, type Problem } from '../api/problem';

/**
 * By field: `{"field": "values/items/2/amount"}` is about "items/2/amount". Nothing for a problem of another kind. Of
 * another form than the one that was sent, by its name: `forms/costs/values/amount`.
 */
export function problemsOf(problem: Problem | null | undefined, form?: string): Record<string, string> {
  const found: Record<string, string> = {};
  if (!problem) return found;
  const start = form === undefined ? 'values/' : `forms/${form}/values/`;
  for (const { field, detail } of faultsOf(problem)) {
    const at = field.startsWith(start) ? field.slice(start.length) : '';
    if (at) found[at] ??= detail;
  }
  return found;
}
