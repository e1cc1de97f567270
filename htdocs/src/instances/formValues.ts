// SPDX-License-Identifier: Apache-2.0
// The values of one form, as they are compared, sent and named.
import { isEmpty, isShowing, type Field, type PageForm, type Person, type Row, type Value, type Values } from '../forms/document';
import { formState } from '../forms/state';
import { valueText } from '../forms/text';
import { fillProblems, formChanges } from '../forms/values';
import { say } from './words';

/** The fields of FORM that can be changed with VALUES: of the others the server knows better. */
export function openFields(form: PageForm, values: Values): Field[] {
  const state = formState(form, values);
  return form.fields.filter((f) => !isShowing(f) && state[f.name]?.shown && !state[f.name]?.locked);
}

/** The values of FIELDS; nothing is always null, so that two nothings are the same. */
export function pick(fields: Field[], values: Values): Record<string, Value> {
  return Object.fromEntries(fields.map((f) => [f.name, isEmpty(values[f.name]) ? null : values[f.name]]));
}

export const dataFields = (form: PageForm): Field[] => form.fields.filter((f) => !isShowing(f));

/** What a new instance begins with: everything that is there, and null for a default that was taken out. */
export function firstValues(form: PageForm, defaults: Values, values: Values): Values {
  return { ...formChanges(form, {}, values), ...formChanges(form, defaults, values) };
}

/** Without what the server would refuse: an upload must not wait for the rest of the form to be right. */
export function rightValues(form: PageForm, values: Values, changes: Values): Values {
  const wrong = new Set(fillProblems(form, values).map((p) => p.field.split('/')[0]));
  return Object.fromEntries(Object.entries(changes).filter(([name]) => !wrong.has(name)));
}

export interface Names {
  file: (id: string) => string | undefined;
  person: (person: Person) => string | undefined;
}

/** A value in words, for comparing two of them. */
export function valueWords(field: Field | undefined, value: Value, names: Names): string {
  if (!field || isEmpty(value)) return '';
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  if (field.type === 'file') return list.map((id) => names.file(String(id)) ?? say('a_file')).join('\n');
  if (field.type === 'person') return list.map((p) => names.person(p as Person) ?? say('somebody')).join('\n');
  if (field.type !== 'table') return valueText(field, value);
  return (value as Row[])
    .map((row) => (field.columns ?? []).map((c) => `${c.title}: ${valueWords(c, row[c.name] as Value, names) || '–'}`).join(', '))
    .join('\n');
}
