// SPDX-License-Identifier: Apache-2.0
// From what the address of a list says to what the API is asked.
import type { Schema } from '../../api/types';

/** `?of=SHARE~PROCESS`: which process's instances; '' for all. */
export function processOf(query: URLSearchParams): string {
  return query.get('of') ?? '';
}

const PASSED = ['q', 'sort', 'after', 'status', 'state', 'waiting', 'created'];

/* Of a field with days the API wants days, of one with times the moments at which those begin and end here. */
function bound(value: string, end: 'from' | 'until', type: string): string {
  if (type !== 'date_time' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const moment = new Date(`${value}T${end === 'from' ? '00:00:00' : '23:59:59'}`);
  return Number.isNaN(moment.getTime()) ? value : `${moment.toISOString().slice(0, 19)}Z`;
}

/**
 * The API's parameters for those of the address. A filter on a field counts when it has a value; one that does not
 * belong to the process is left out rather than refused.
 */
export function apiQuery(
  address: Record<string, unknown>,
  scope: Record<string, string>,
  fields: Pick<Schema<'ListColumn'>, 'name' | 'type'>[],
): Record<string, string> {
  const query: Record<string, string> = { ...scope };
  const text = (name: string) => (typeof address[name] === 'string' ? (address[name] as string) : '');
  for (const name of PASSED) if (text(name)) query[name] = text(name);
  const sorted = /^-?field:(.+)$/.exec(text('sort'))?.[1];
  if (sorted && !fields.some((f) => f.name === sorted)) delete query['sort'];
  const field = fields.find((f) => f.name === text('field'));
  if (!field) return query;
  const ends = (['from', 'until'] as const).filter((end) => text(end));
  if (text('value')) query['value'] = text('value');
  for (const end of ends) query[end] = bound(text(end), end, field.type);
  if (text('value') || ends.length) query['field'] = field.name;
  return query;
}
