// SPDX-License-Identifier: Apache-2.0
// Which columns a list of instances shows: a person's own choice, remembered in their browser for each process.

import type { Schema } from '../../api/types';
import { dayText, momentText } from '../../forms/times';
import { currentLocale } from '../../i18n/index.svelte';
import { say } from '../../instances/words';

/** All that the server has for every instance, in the order of the table; the reference always comes first. */
export const COMMON = ['status', 'created_by', 'created_at', 'modified_by', 'modified_at'] as const;
const USUAL = ['status', 'created_by', 'modified_at'];

/** The indexed fields that fit beside the usual ones before anybody has chosen. */
const FIELDS_AT_FIRST = 3;

export function usualColumns(fields: string[]): string[] {
  return [...fields.slice(0, FIELDS_AT_FIRST).map((name) => `field:${name}`), ...USUAL];
}

const place = (person: string, list: string) => `b2b-columns:${person}:${list}`;

/** The columns that PERSON chose for LIST, as far as they exist; the usual ones where nothing was chosen. */
export function rememberedColumns(person: string, list: string, known: string[], usual: string[]): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(person, list)) ?? 'null');
    if (Array.isArray(kept)) return known.filter((column) => kept.includes(column));
  } catch {
    /* No storage, or not ours: as if nothing was chosen. */
  }
  return known.filter((column) => usual.includes(column));
}

export function rememberColumns(person: string, list: string, columns: string[]): void {
  try {
    localStorage.setItem(place(person, list), JSON.stringify(columns));
  } catch {
    /* No storage: the choice holds until the page is left. */
  }
}

/** A field's TEXT, which the server writes for files and programs, as people read it in the page's language. */
export function cellText(field: Schema<'ListColumn'>, text: string): string {
  if (text === '') return '';
  switch (field.type) {
    case 'date':
      return dayText(text, currentLocale());
    case 'date_time':
      return momentText(text, currentLocale());
    case 'toggle':
      return text === 'Yes' ? say('yes') : text === 'No' ? say('no') : text;
    case 'number':
      return numberText(text);
    default:
      return text;
  }
}

/* "-1234.50 EUR": as many decimals as there are, and what it is counted in. */
function numberText(text: string): string {
  const [, digits, decimals = '', unit] = /^(-?\d+(?:\.(\d+))?)(.*)$/.exec(text) ?? [];
  if (digits === undefined) return text;
  const places = { minimumFractionDigits: decimals.length, maximumFractionDigits: decimals.length };
  return new Intl.NumberFormat(currentLocale(), places).format(Number(digits)) + unit;
}
