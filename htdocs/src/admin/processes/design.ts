// SPDX-License-Identifier: Apache-2.0
// The designer's acts on a document, without a page: new fields, names, renaming with everything that names the thing.
import { isShowing, type Action, type Condition, type Field, type Form, type Owners, type ProcessDocument } from '../../forms/document';
import { suggestTechnicalName } from '../../model/slug';
import { kindOf, type FieldKind } from './fieldKinds';

export const LIMITS = { forms: 20, fieldsOfForm: 200, fields: 500, indexed: 10, options: 200, columns: 20, actions: 10 };
export const RESERVED =
  'id reference status state created_at created_by modified_at modified_by version name number partner portal process title'.split(' ');
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

export function allFields(document: ProcessDocument): Field[] {
  return document.forms.flatMap((form) => form.fields);
}

/** "Article number" as a name: article_number. */
export function suggestName(title: string): string {
  const name = suggestTechnicalName(title).replaceAll('-', '_').replace(/^[^a-z]+/, '').slice(0, 40).replace(/_+$/, '');
  return RESERVED.includes(name) ? `${name}_field` : name;
}

/** NAME, with a number when it is taken. */
export function freeName(name: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(name)) return name;
  for (let i = 2; ; i++) {
    const other = `${name.slice(0, 36)}_${i}`;
    if (!names.has(other)) return other;
  }
}

/** What is wrong with a field's name, or null. */
export function nameFault(name: string, others: Iterable<string>): string | null {
  if (!NAME.test(name)) return 'Small letters, digits and underscores, a letter first, at most 40.';
  if (RESERVED.includes(name)) return `“${name}” is a word of every instance; choose another.`;
  return new Set(others).has(name) ? 'Another field has this name.' : null;
}

export function newField(kind: FieldKind, document: ProcessDocument): Field {
  const made = kind.make();
  const taken = allFields(document).map((f) => f.name);
  const name = freeName(suggestName(kind.label), taken);
  const number = /_(\d+)$/.exec(name)?.[1];
  return { name, ...(kind.showing ? {} : { title: number ? `${kind.label} ${number}` : kind.label }), width: 12, ...made };
}

export function copyOf(field: Field, document: ProcessDocument): Field {
  const copy = structuredClone(field);
  copy.name = freeName(field.name.replace(/_\d+$/, ''), allFields(document).map((f) => f.name));
  if (copy.title) copy.title = `${copy.title} (copy)`;
  return copy;
}

export function newForm(document: ProcessDocument): Form {
  const at = document.forms.length + 1;
  const name = freeName(`form_${at}`, document.forms.map((f) => f.name));
  return { name, title: `Form ${at}`, description: '', owners: { creator: true }, fields: [] };
}

/** Gives a form another name, wherever it is named. */
export function renameForm(document: ProcessDocument, from: string, to: string): void {
  for (const form of document.forms) {
    if (form.name === from) form.name = to;
    for (const action of form.actions ?? []) if (action.form === from) action.form = to;
  }
}

/** Sending back, which most want; in a first form there is nothing to go back to. */
export function newAction(document: ProcessDocument, at: number): Action {
  const taken = (document.forms[at]?.actions ?? []).map((a) => a.name);
  const form = document.forms[stepOf(document, at) - 1]?.name;
  const given: Partial<Action> = { form_owners: form !== undefined, granted_to: {} };
  return form === undefined
    ? { name: freeName('edit', taken), title: 'Edit', kind: 'edit', ...given, form: null, comment: 'none' }
    : { name: freeName('send_back', taken), title: 'Send back', kind: 'go_to', ...given, form, comment: 'required' };
}

/** What people see of a field where there is only a line. */
export function fieldTitle(field: Field): string {
  return field.title || field.text || field.label || (field.type === 'image' ? field.alt : '') || kindOf(field).label;
}

export function mapTerms(condition: Condition, change: (name: string) => string): Condition {
  if ('all' in condition) return { all: condition.all.map((c) => mapTerms(c, change)) };
  if ('any' in condition) return { any: condition.any.map((c) => mapTerms(c, change)) };
  if ('not' in condition) return { not: mapTerms(condition.not, change) };
  return 'field' in condition ? { ...condition, field: change(condition.field) } : condition;
}

/** The fields that a condition names. */
export function namesIn(condition: Condition | null | undefined): string[] {
  if (!condition) return [];
  const names: string[] = [];
  mapTerms(condition, (name) => {
    names.push(name);
    return name;
  });
  return [...new Set(names)];
}

const CONDITIONS = ['shown_when', 'required_when', 'locked_when'] as const;

/** Gives a field another name, wherever it is named. */
export function renameField(document: ProcessDocument, from: string, to: string): void {
  for (const form of document.forms) {
    if (form.owners?.field === from) form.owners.field = to;
    for (const field of form.fields) {
      if (field.name === from) field.name = to;
      for (const member of CONDITIONS) {
        const condition = field[member];
        if (condition && namesIn(condition).includes(from)) field[member] = mapTerms(condition, (n) => (n === from ? to : n));
      }
    }
  }
  if (document.reference_pattern) document.reference_pattern = document.reference_pattern.replaceAll(`[${from}]`, `[${to}]`);
}

/** Where a field is named: told before it is removed. */
export function usesOf(document: ProcessDocument, name: string): string[] {
  const uses: string[] = [];
  for (const form of document.forms) {
    if (form.owners?.field === name) uses.push(`the owners of “${form.title}”`);
    for (const field of form.fields) {
      if (field.name !== name && CONDITIONS.some((m) => namesIn(field[m]).includes(name))) uses.push(`a condition of “${fieldTitle(field)}”`);
    }
  }
  if (document.reference_pattern?.includes(`[${name}]`)) uses.push('the reference');
  return uses;
}

/**
 * The fields that a shown-when of NAME would make a circle with: those whose being shown depends on it already.
 */
export function dependents(document: ProcessDocument, name: string): Set<string> {
  const on = new Map(allFields(document).map((f) => [f.name, namesIn(f.shown_when)]));
  const found = new Set([name]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const [field, names] of on) {
      if (!found.has(field) && names.some((n) => found.has(n))) {
        found.add(field);
        grew = true;
      }
    }
  }
  return found;
}

export interface ConditionField {
  field: Field;
  form: Form;
  /** Why it cannot be chosen here. */
  barred: string | null;
}

/** The index of the first form of the step to which form AT belongs: forms that are open together. */
export function stepOf(document: ProcessDocument, at: number): number {
  while (at > 0 && document.forms[at]?.opens_with_previous) at--;
  return at;
}

/** A first form has none before it: moved or left there, it opens by itself. */
export function settleSteps(document: ProcessDocument): void {
  if (document.forms[0]?.opens_with_previous) document.forms[0].opens_with_previous = false;
}

/** The fields that a condition of FIELD in form AT may name: of the form itself, and of those that are done before it opens. */
export function conditionFields(document: ProcessDocument, at: number, field: Field, member: (typeof CONDITIONS)[number]): ConditionField[] {
  const circle = member === 'shown_when' ? dependents(document, field.name) : new Set([field.name]);
  const own = document.forms[at];
  return [...document.forms.slice(0, stepOf(document, at)), ...(own ? [own] : [])].flatMap((form) =>
    form.fields
      .filter((f) => !isShowing(f) && f.name !== field.name)
      .map((f) => ({ field: f, form, barred: circle.has(f.name) ? 'would make a circle' : null })),
  );
}

export function namesNobody(owners: Owners | undefined): boolean {
  const o = owners ?? {};
  return !o.creator && !o.partner && !o.field && !o.partner_groups?.length && !o.host_users?.length && !o.host_groups?.length;
}

/** What a document has when it does not say: left out, so that two can be compared, and filled in by the server. */
const OFF = new Set('required read_only indexed multiline multiple from_partner creator partner opens_with_previous form_owners'.split(' '));
const NONE = new Set('partner_groups host_users host_groups actions'.split(' '));

function isDefault(key: string, value: unknown): boolean {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return true;
  return (value === false && OFF.has(key)) || (Array.isArray(value) && !value.length && NONE.has(key));
}

export function tidy<T>(value: T): T {
  if (Array.isArray(value)) return value.map((v) => tidy(v)) as T;
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key, v]) => !isDefault(key, v));
  return Object.fromEntries(kept.map(([key, v]) => [key, tidy(v)])) as T;
}

/** An example of the reference that PATTERN makes. */
export function referenceExample(pattern: string, name: string, document: ProcessDocument): string {
  return pattern.replace(/\[(\w+)(?::(\d))?\]/g, (whole, part: string, digits?: string) => {
    if (part === 'name') return name || 'name';
    if (part === 'number') return '42'.padStart(Number(digits ?? 0), '0');
    const field = document.forms[0]?.fields.find((f) => f.name === part);
    if (!field) return whole;
    if (field.type === 'date') return '2026-11-24';
    if (field.type === 'number') return '7';
    if (field.type === 'choice') return field.options?.[0]?.value ?? '-';
    return fieldTitle(field).slice(0, 40);
  });
}
