// SPDX-License-Identifier: Apache-2.0
// Conditions of widgets in words: what can be asked of what, and with what it is compared.
import type { Schema } from '../../api/types';
import type { ProcessFields } from './processFields';

export type WidgetCondition = Schema<'WidgetCondition'>;
export type ConditionOp = WidgetCondition['op'];

export interface Subject {
  value: string;
  label: string;
  ops: { value: ConditionOp; label: string }[];
  /** What the value is written with; a choice has its options. */
  input: 'choice' | 'text' | 'number' | 'date' | 'days';
  options: { value: string; label: string }[];
}

const IS: Subject['ops'] = [
  { value: 'is', label: 'is' },
  { value: 'is_not', label: 'is not' },
];
const RANGE: Subject['ops'] = [
  { value: 'from', label: 'is at least' },
  { value: 'until', label: 'is at most' },
];
const TIME: Subject['ops'] = [
  { value: 'within_days', label: 'in the last … days' },
  { value: 'from', label: 'from' },
  { value: 'until', label: 'until' },
];
const YES_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];
const STATES = [
  { value: 'draft', label: 'Not submitted yet' },
  { value: 'open', label: 'Open' },
  { value: 'completed', label: 'Completed' },
];

/** What conditions may be about: what every instance has, and the fields that lists go by. */
export function subjectsOf(process: ProcessFields | null): Subject[] {
  const subjects: Subject[] = [
    { value: 'status', label: 'Status', ops: IS, input: 'choice', options: process?.statuses ?? [] },
    { value: 'state', label: 'State', ops: IS, input: 'choice', options: STATES },
    { value: 'created_at', label: 'Created', ops: TIME, input: 'date', options: [] },
    { value: 'modified_at', label: 'Last change', ops: TIME, input: 'date', options: [] },
    { value: 'reference', label: 'Reference', ops: [{ value: 'contains', label: 'contains' }], input: 'text', options: [] },
  ];
  for (const field of process?.fields ?? []) {
    if (!field.indexed) continue;
    const subject = { value: `field:${field.name}`, label: field.title, options: field.options };
    if (field.type === 'choice') subjects.push({ ...subject, ops: IS, input: 'choice' });
    else if (field.type === 'toggle') subjects.push({ ...subject, ops: IS, input: 'choice', options: YES_NO });
    else if (field.type === 'number') subjects.push({ ...subject, ops: [...IS, ...RANGE], input: 'number' });
    else if (field.type === 'date') subjects.push({ ...subject, ops: [...IS, ...RANGE], input: 'date' });
    else if (field.type === 'text') subjects.push({ ...subject, ops: IS, input: 'text' });
  }
  return subjects;
}

/** The input of CONDITION's value: days are a number. */
export function inputOf(subject: Subject | undefined, op: ConditionOp): Subject['input'] {
  return op === 'within_days' ? 'days' : (subject?.input ?? 'text');
}

/** CONDITION about another SUBJECT: with an operator that it has, and a value that it may have. */
export function aboutSubject(subject: Subject): WidgetCondition {
  const op = subject.ops[0]!.value;
  return { field: subject.value, op, value: subject.options[0]?.value ?? (op === 'within_days' ? '30' : '') };
}
