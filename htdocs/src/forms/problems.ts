// SPDX-License-Identifier: Apache-2.0
// What the server found wrong with values, at the fields.
import { faultsOf, type Problem } from '../api/problem';

/** By field: `{"field": "values/items/2/amount"}` is about "items/2/amount". Nothing for a problem of another kind. */
export function problemsOf(problem: Problem | null | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  if (!problem) return found;
  for (const { field, detail } of faultsOf(problem)) {
    const at = /^values\/(.+)$/.exec(field)?.[1];
    if (at) found[at] ??= detail;
  }
  return found;
}
