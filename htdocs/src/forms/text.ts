// SPDX-License-Identifier: Apache-2.0
// A value as a line of text, as people read it in the page's language.
import { currentLocale } from '../i18n/index.svelte';
import { decimalsOf, isEmpty, type Field, type Value } from './document';
import { writeNumber } from './numbers';
import { dayText, momentText } from './times';
import { say } from './words';

/** '' for nothing; tables, files and people have more than a line and are not for here. */
export function valueText(field: Field, value: Value): string {
  if (field.type === 'toggle') {
    if (isEmpty(value)) return '';
    return value === true ? field.label_on || say('yes') : field.label_off || say('no');
  }
  if (isEmpty(value)) return '';
  const label = (v: unknown) => field.options?.find((o) => o.value === v)?.label ?? String(v);
  switch (field.type) {
    case 'choice':
      return Array.isArray(value) ? (value as unknown[]).map(label).join(', ') : label(value);
    case 'number': {
      if (typeof value !== 'number') return String(value);
      const text = writeNumber(value, currentLocale(), field.format === 'currency' ? decimalsOf(field) : 0);
      return field.format === 'currency' ? `${text} ${field.currency}` : field.format === 'percent' ? `${text} %` : text;
    }
    case 'date':
      return dayText(String(value), currentLocale());
    case 'date_time':
      return momentText(String(value), currentLocale());
    default:
      return Array.isArray(value) ? '' : String(value);
  }
}
