// SPDX-License-Identifier: Apache-2.0
// Moments: kept in UTC, written in the time where one is.

const two = (n: number) => String(n).padStart(2, '0');

/** `2026-11-24T07:30:00Z` as a date-time field has it: `2026-11-24T08:30` in Berlin. */
export function toLocal(moment: string): string {
  const when = new Date(moment);
  if (Number.isNaN(when.getTime())) return '';
  const day = `${String(when.getFullYear()).padStart(4, '0')}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
  const seconds = when.getSeconds() ? `:${two(when.getSeconds())}` : '';
  return `${day}T${two(when.getHours())}:${two(when.getMinutes())}${seconds}`;
}

/** What a date-time field has, in UTC; null for nonsense. */
export function toMoment(local: string): string | null {
  const when = new Date(local);
  return Number.isNaN(when.getTime()) ? null : `${when.toISOString().slice(0, 19)}Z`;
}

/** A day as people of LOCALE write it; days have no time zone. */
export function dayText(day: string, locale: string): string {
  const when = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(when.getTime()) ? day : new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(when);
}

export function momentText(moment: string, locale: string): string {
  const when = new Date(moment);
  if (Number.isNaN(when.getTime())) return moment;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(when);
}

/** "Europe/Berlin". */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
