// SPDX-License-Identifier: Apache-2.0
// What an event of the trail changed, in lines of words: of a thing with parts only the parts that differ.

export interface ChangeLine {
  name: string;
  old: string;
  now: string;
}
type Parts = Map<string, unknown>;

const isThing = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function said(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(said).join(', ') || '–';
  return String(value);
}

/** By what a thing in a list is known in the list before, too. */
const known = (item: Record<string, unknown>, at: number) => String(item['id'] ?? item['process_id'] ?? item['dashboard_id'] ?? at);

function partsOf(value: unknown): Parts | null {
  if (isThing(value)) return new Map(Object.entries(value));
  if (Array.isArray(value) && value.length && value.every(isThing)) return new Map(value.map((item, i) => [known(item, i), item]));
  return null;
}

function add(lines: ChangeLine[], name: string, old: unknown, now: unknown): void {
  const before = partsOf(old);
  const after = partsOf(now);
  const listed = [old, now].some(Array.isArray);
  [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].forEach((key, i) => {
    const part = `${name} › ${listed ? i + 1 : key.replaceAll('_', ' ')}`;
    const [was, is] = [before?.get(key), after?.get(key)];
    if (partsOf(was) || partsOf(is)) add(lines, part, was, is);
    else if (said(was) !== said(is)) lines.push({ name: part, old: said(was), now: said(is) });
  });
}

export function changeLines(changes: { field: string; old?: unknown; new?: unknown }[]): ChangeLine[] {
  const lines: ChangeLine[] = [];
  for (const { field, old, new: now } of changes) {
    const name = field.replaceAll('_', ' ');
    if (partsOf(old) || partsOf(now)) add(lines, name, old, now);
    else lines.push({ name, old: said(old), now: said(now) });
  }
  return lines;
}
