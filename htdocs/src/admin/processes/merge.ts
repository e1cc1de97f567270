// SPDX-License-Identifier: Apache-2.0
// Two people changed one process: it is taken apart into what can be chosen singly (each field, each form's order and
// owners, each setting) and put together again, so that neither side loses what the other did not touch.
import type { Field, Form, ProcessDocument, Security } from '../../forms/document';
import type { Plain } from '../../model/conflict';
import { fieldTitle, settleSteps, tidy } from './design';
import { kindOf } from './fieldKinds';
import { securityModeWords } from './places';

type FormPart = Omit<Form, 'fields'> & { fields: string[] };

/** Everything by a key of its own; `field:amount` also knows which form it stands in. */
export function takeApart(head: Plain, document: ProcessDocument): Plain {
  const { forms, ...settings } = tidy(document);
  const parts: Plain = { ...head };
  for (const [key, value] of Object.entries(settings)) parts[`setting:${key}`] = value;
  parts['forms'] = forms.map((f) => f.name);
  for (const form of forms) {
    parts[`form:${form.name}`] = { ...form, fields: form.fields.map((f) => f.name) } satisfies FormPart;
    for (const field of form.fields) parts[`field:${field.name}`] = { form: form.name, field };
  }
  return parts;
}

/** Absent in one, null in all: an absent key is a thing that is not there. */
export function fillKeys(...all: Plain[]): void {
  const keys = new Set(all.flatMap((parts) => Object.keys(parts)));
  for (const parts of all) for (const key of keys) parts[key] ??= null;
}

export function putTogether(parts: Plain): ProcessDocument {
  const document: Plain = {};
  const placed = new Set<string>();
  const fields = new Map<string, { form: string; field: Field }>();
  for (const [key, value] of Object.entries(parts)) {
    if (value === null) continue;
    if (key.startsWith('setting:')) document[key.slice(8)] = value;
    if (key.startsWith('field:')) fields.set(key.slice(6), value as { form: string; field: Field });
  }
  const there = Object.keys(parts).filter((key) => key.startsWith('form:') && parts[key] !== null).map((key) => key.slice(5));
  const wanted = (parts['forms'] as string[] | null) ?? [];
  const order = [...wanted.filter((name) => there.includes(name)), ...there.filter((name) => !wanted.includes(name))];
  const forms: Form[] = order.map((name) => {
    const { fields: names, ...form } = parts[`form:${name}`] as FormPart;
    const own = names.filter((n) => fields.has(n) && !placed.has(n));
    for (const n of own) placed.add(n);
    return { ...form, fields: own.map((n) => fields.get(n)!.field) };
  });
  for (const [name, { form, field }] of fields) {
    if (!placed.has(name)) (forms.find((f) => f.name === form) ?? forms.at(-1))?.fields.push(field);
  }
  const whole = { ...(document as unknown as ProcessDocument), forms };
  settleSteps(whole);
  return whole;
}

const settings: Record<string, string> = {
  title: 'Title',
  name: 'Name',
  category: 'Category',
  administrators: 'Administrators',
  'setting:title': 'Title',
  'setting:description': 'Description',
  'setting:reference_pattern': 'Reference',
  'setting:delete_rule': 'Who may delete',
  'setting:submit': 'Submit sends',
  'setting:notify_assignment': 'Mail to new owners',
  'setting:security': 'Security',
  forms: 'Order of the forms',
};

/** What a part is called in the comparison. */
export function partLabels(...all: Plain[]): Record<string, string> {
  const labels: Record<string, string> = { ...settings };
  for (const parts of all) {
    for (const [key, value] of Object.entries(parts)) {
      if (value === null) continue;
      if (key.startsWith('form:')) labels[key] = `Form “${(value as FormPart).title}”: title, owners, order`;
      if (key.startsWith('field:')) labels[key] = `Field “${fieldTitle((value as { field: Field }).field)}”`;
    }
  }
  return labels;
}

function line(key: string, value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `${key.replaceAll('_', ' ')}: ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`;
}

/** A part as text; '' where it is not there. */
export function showPart(key: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (key.startsWith('field:')) {
    const { form, field } = value as { form: string; field: Field };
    const { type: _type, ...rest } = field;
    return [`${kindOf(field).label} in ${form}`, ...Object.entries(rest).map(([k, v]) => line(k, v))].join('\n');
  }
  if (key.startsWith('form:')) return Object.entries(value as Plain).map(([k, v]) => line(k, v)).join('\n');
  if (key === 'administrators') return (value as { name?: string; id: string }[]).map((a) => a.name ?? a.id).join('\n');
  if (key === 'setting:security') {
    const { mode = 'off', users = {} } = value as Security;
    return [securityModeWords[mode], ...Object.entries(users).map(([k, v]) => line(k, v))].join('\n');
  }
  return Array.isArray(value) ? value.join('\n') : String(value);
}
