// SPDX-License-Identifier: Apache-2.0
// Conditions as the builder shows them: groups with a mode; and which questions a field can be asked.
import { isMultiple, type Condition, type Field, type Operator, type Term } from '../../forms/document';

export type Mode = 'all' | 'any' | 'none' | 'not_all';
export interface Group {
  mode: Mode;
  parts: Part[];
}
export type Part = Group | Term | { always: boolean };

export const modes: { value: Mode; label: string }[] = [
  { value: 'all', label: 'All of these' },
  { value: 'any', label: 'Any of these' },
  { value: 'none', label: 'None of these' },
  { value: 'not_all', label: 'Not all of these' },
];

export const MAX_DEPTH = 5;
export const MAX_TERMS = 30;

const isGroup = (condition: Condition) => 'all' in condition || 'any' in condition || 'not' in condition;

function partOf(condition: Condition): Part {
  return isGroup(condition) ? groupOf(condition) : (condition as Term);
}

/** Any condition as a group: a single term is a group of one. */
export function groupOf(condition: Condition): Group {
  if ('all' in condition) return { mode: 'all', parts: condition.all.map(partOf) };
  if ('any' in condition) return { mode: 'any', parts: condition.any.map(partOf) };
  if ('not' in condition) {
    const inner = condition.not;
    if ('any' in inner) return { mode: 'none', parts: inner.any.map(partOf) };
    if ('all' in inner) return { mode: 'not_all', parts: inner.all.map(partOf) };
    return { mode: 'none', parts: [partOf(inner)] };
  }
  return { mode: 'all', parts: [condition] };
}

export function writeGroup(group: Group): Condition {
  const parts = group.parts.map((part): Condition => ('mode' in part ? writeGroup(part) : part));
  if (group.mode === 'all') return { all: parts };
  if (group.mode === 'any') return { any: parts };
  return { not: group.mode === 'none' ? { any: parts } : { all: parts } };
}

const words: Record<Operator, string> = {
  equals: 'is',
  not_equals: 'is not',
  one_of: 'is one of',
  contains: 'contains',
  empty: 'is empty',
  not_empty: 'is filled in',
  less: 'is less than',
  at_most: 'is at most',
  more: 'is more than',
  at_least: 'is at least',
};
const timeWords: Partial<Record<Operator, string>> = { less: 'is before', at_most: 'is at latest', more: 'is after', at_least: 'is at earliest' };

export function operatorsOf(field: Field): { value: Operator; label: string }[] {
  const of = (...operators: Operator[]) => operators.map((value) => ({ value, label: words[value] }));
  switch (field.type) {
    case 'text':
      return of('equals', 'not_equals', 'one_of', 'contains', 'empty', 'not_empty');
    case 'choice':
      return isMultiple(field) ? of('contains', 'empty', 'not_empty') : of('equals', 'not_equals', 'one_of', 'empty', 'not_empty');
    case 'number':
      return of('equals', 'not_equals', 'less', 'at_most', 'more', 'at_least', 'empty', 'not_empty');
    case 'date':
    case 'date_time':
      return of('equals', 'not_equals', 'less', 'at_most', 'more', 'at_least', 'empty', 'not_empty').map((o) => ({
        ...o,
        label: timeWords[o.value] ?? o.label,
      }));
    case 'toggle':
      return of('equals');
    default:
      return of('not_empty', 'empty');
  }
}

const wantsNothing = (is: Operator) => is === 'empty' || is === 'not_empty';

/** A term about FIELD, with the first question it can be asked. */
export function firstTerm(field: Field): Term {
  return withOperator({ field: field.name, is: 'equals' }, field, operatorsOf(field)[0]!.value);
}

/** TERM with another question; its value is kept where it still fits. */
export function withOperator(term: Term, field: Field, is: Operator): Term {
  if (wantsNothing(is)) return { field: field.name, is };
  const kept = term.field === field.name ? term.value : undefined;
  if (is === 'one_of') return { field: field.name, is, value: Array.isArray(kept) ? kept : kept === undefined || kept === '' ? [] : [kept] };
  const one = Array.isArray(kept) ? kept[0] : kept;
  if (one !== undefined) return { field: field.name, is, value: one };
  if (field.type === 'toggle') return { field: field.name, is, value: true };
  if (field.type === 'choice') return { field: field.name, is, value: field.options?.[0]?.value ?? '' };
  return { field: field.name, is, value: '' };
}

/** The field that writes the term's value: of the same type, without its limits. */
export function valueField(field: Field, is: Operator): Field {
  const { name, title = '', type } = field;
  if (type === 'choice') {
    return { name, title, type, options: field.options ?? [], appearance: is === 'one_of' ? 'checkboxes' : 'dropdown' };
  }
  if (type === 'number') return { name, title, type, format: 'decimal', decimals: 6 };
  if (type === 'toggle') {
    return {
      name,
      title,
      type: 'choice',
      appearance: 'dropdown',
      options: [
        { value: 'on', label: field.label_on || 'On' },
        { value: 'off', label: field.label_off || 'Off' },
      ],
    };
  }
  return { name, title, type, ...(type === 'text' && is === 'one_of' ? { multiline: true } : {}) };
}
