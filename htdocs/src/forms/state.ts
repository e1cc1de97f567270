// SPDX-License-Identifier: Apache-2.0
// What of a form is shown, required and locked, by the values of its fields (mod_b2bportal/forms/condition.c and
// state.c decide the same on the server).
import { isEmpty, isShowing, type Condition, type Field, type Term, type Value, type Values } from './document';

export interface FieldState {
  shown: boolean;
  required: boolean;
  locked: boolean;
}
export type FormState = Record<string, FieldState>;

/** ASCII letters without their case, as the server folds them. */
const fold = (text: string) => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

function contains(value: Value, wanted: unknown): boolean {
  if (typeof value === 'string') return typeof wanted === 'string' && fold(value).includes(fold(wanted));
  return Array.isArray(value) && (value as unknown[]).includes(wanted);
}

function compare(value: Value, wanted: unknown): number | null {
  if (typeof value === 'number' && typeof wanted === 'number') return value - wanted;
  if (typeof value === 'string' && typeof wanted === 'string') return value < wanted ? -1 : value > wanted ? 1 : 0;
  return null;
}

function holdsTerm(term: Term, field: Field | undefined, value: Value): boolean {
  if (term.is === 'empty') return isEmpty(value, field?.type);
  if (term.is === 'not_empty') return !isEmpty(value, field?.type);
  if (field?.type === 'toggle') {
    /* One that nobody touched is off. */
    return term.is === 'equals' ? (value === true) === term.value : term.is === 'not_equals' && (value === true) !== term.value;
  }
  if (isEmpty(value)) return term.is === 'not_equals';
  const order = () => compare(value, term.value);
  switch (term.is) {
    case 'equals':
      return value === term.value;
    case 'not_equals':
      return value !== term.value;
    case 'one_of':
      return Array.isArray(term.value) && (term.value as unknown[]).includes(value);
    case 'contains':
      return contains(value, term.value);
    case 'less':
      return (order() ?? 0) < 0;
    case 'more':
      return (order() ?? 0) > 0;
    case 'at_most':
      return (order() ?? 1) <= 0;
    case 'at_least':
      return (order() ?? -1) >= 0;
  }
}

/** Whether CONDITION holds; VALUE_OF gives a field's value, undefined for one that is not shown. */
export function holds(condition: Condition, valueOf: (name: string) => Value, fieldOf: (name: string) => Field | undefined): boolean {
  if ('always' in condition) return condition.always;
  if ('all' in condition) return condition.all.every((c) => holds(c, valueOf, fieldOf));
  if ('any' in condition) return condition.any.some((c) => holds(c, valueOf, fieldOf));
  if ('not' in condition) return !holds(condition.not, valueOf, fieldOf);
  return holdsTerm(condition, fieldOf(condition.field), valueOf(condition.field));
}

/**
 * The state of each field of FORM. Conditions on fields of EARLIER forms are decided from the same values; in a form
 * from the server they are decided already.
 */
export function formState(form: { fields: Field[] }, values: Values, earlier: { fields: Field[] }[] = []): FormState {
  const fields = new Map([...earlier, form].flatMap((f) => f.fields).map((f) => [f.name, f]));
  const shown = new Map<string, boolean>();

  function isShown(field: Field): boolean {
    const known = shown.get(field.name);
    if (known !== undefined) return known;
    /* The server refuses cycles; one that is being designed must not hang the page. */
    shown.set(field.name, true);
    const result = !field.shown_when || holds(field.shown_when, valueOf, fieldOf);
    shown.set(field.name, result);
    return result;
  }
  function fieldOf(name: string) {
    return fields.get(name);
  }
  function valueOf(name: string): Value {
    const field = fields.get(name);
    return field && isShown(field) ? values[name] : undefined;
  }

  const state: FormState = {};
  for (const field of form.fields) {
    const seen = isShown(field);
    const data = !isShowing(field);
    state[field.name] = {
      shown: seen,
      required: data && seen && (!!field.required || (!!field.required_when && holds(field.required_when, valueOf, fieldOf))),
      locked: !!field.read_only || (!!field.locked_when && holds(field.locked_when, valueOf, fieldOf)),
    };
  }
  return state;
}
