// SPDX-License-Identifier: Apache-2.0
// "Until the end of this day", as a date field says it and as the API wants it: the first moment without access.

const two = (n: number) => String(n).padStart(2, '0');

/** `2026-12-24` to the midnight after it, in local time; null for none or nonsense. */
export function endOfDay(day: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = match.slice(1).map(Number) as [number, number, number];
  const when = new Date(year, month - 1, date + 1);
  return Number.isNaN(when.getTime()) ? null : when.toISOString();
}

/** The last day with access, for a date field; '' for none. */
export function lastDay(time: string | null): string {
  if (!time) return '';
  const when = new Date(new Date(time).getTime() - 1);
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}
