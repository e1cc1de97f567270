// SPDX-License-Identifier: Apache-2.0
// The document of a process version, as the server keeps it (mod_b2bportal/forms/). Members that have a default
// may be absent: while a process is designed, until the server fills them in, and in a form that it gives to a page.
import type { Block } from '../model/richtext';

export type DataType = 'text' | 'choice' | 'number' | 'date' | 'date_time' | 'toggle' | 'file' | 'table' | 'person';
export type ShowingType = 'heading' | 'rich_text' | 'image' | 'link';
export type FieldType = DataType | ShowingType;

export const dataTypes: DataType[] = ['text', 'choice', 'number', 'date', 'date_time', 'toggle', 'file', 'table', 'person'];
export const showingTypes: ShowingType[] = ['heading', 'rich_text', 'image', 'link'];

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'one_of'
  | 'contains'
  | 'empty'
  | 'not_empty'
  | 'less'
  | 'at_most'
  | 'more'
  | 'at_least';

export interface Term {
  field: string;
  is: Operator;
  value?: Scalar | Scalar[];
}
export type Condition = { all: Condition[] } | { any: Condition[] } | { not: Condition } | { always: boolean } | Term;

export type Scalar = string | number | boolean;
export interface Person {
  kind: 'member' | 'host_user';
  id: string;
}
export type Row = Record<string, Scalar | string[] | null>;
export type Value = Scalar | string[] | Row[] | Person[] | null | undefined;
/** Of a whole instance, or of one form: absent and null mean empty. */
export type Values = Record<string, Value>;

export interface Option {
  value: string;
  label: string;
}
export type Appearance = 'dropdown' | 'radio' | 'multiselect' | 'checkboxes';
export type NumberFormat = 'integer' | 'decimal' | 'currency' | 'percent';
export type FileKind = 'image' | 'pdf' | 'document' | 'spreadsheet' | 'text' | 'archive';

export interface Field {
  name: string;
  title?: string;
  type: FieldType;
  /** Columns of 12. */
  width?: number;
  help?: string;
  required?: boolean;
  read_only?: boolean;
  default?: Value;
  indexed?: boolean;
  shown_when?: Condition | null;
  required_when?: Condition | null;
  locked_when?: Condition | null;
  /* text */
  multiline?: boolean;
  min_length?: number | null;
  max_length?: number | null;
  pattern?: string | null;
  pattern_hint?: string | null;
  /* choice */
  appearance?: Appearance;
  options?: Option[];
  min_choices?: number | null;
  max_choices?: number | null;
  /* number; min and max also of date and date_time */
  format?: NumberFormat;
  decimals?: number;
  currency?: string | null;
  min?: number | string | null;
  max?: number | string | null;
  /* toggle */
  label_on?: string;
  label_off?: string;
  /* file */
  max_files?: number;
  accept?: FileKind[];
  /* table */
  columns?: Field[];
  min_rows?: number | null;
  max_rows?: number;
  /* person */
  from_partner?: boolean;
  host_groups?: string[];
  multiple?: boolean;
  max_people?: number;
  /* heading; rich_text; image; link */
  text?: string;
  content?: Block[];
  file?: string;
  alt?: string;
  label?: string;
  url?: string;
}

export interface Owners {
  creator?: boolean;
  partner?: boolean;
  partner_groups?: string[];
  host_users?: string[];
  host_groups?: string[];
  field?: string | null;
}

/** What a page needs of a form. */
export interface PageForm {
  name: string;
  title: string;
  description?: string;
  fields: Field[];
}
/** Whom security and actions name; nobody named is nobody. */
export interface People {
  partner?: boolean;
  partner_groups?: string[];
  host_users?: string[];
  host_groups?: string[];
}

export type ActionKind = 'go_to' | 'edit' | 'reassign';
/** What can be done with an instance while the form is the current one. */
export interface Action {
  name: string;
  title: string;
  kind: ActionKind;
  form_owners?: boolean;
  granted_to?: People;
  /** Of go_to: an earlier form. */
  form?: string | null;
  comment?: 'none' | 'optional' | 'required';
}

export interface Form extends PageForm {
  /** It is current together with the form before it; never the first. */
  opens_with_previous?: boolean;
  owners?: Owners;
  actions?: Action[];
}

export type SecurityMode = 'off' | 'others_view' | 'assigned' | 'only';
export interface Security {
  mode?: SecurityMode;
  users?: People;
}

export type DeleteRule = 'anyone' | 'creator' | 'form_owner' | 'security_users' | 'administrators';
export interface ProcessDocument {
  title: string;
  description?: string;
  reference_pattern?: string;
  delete_rule?: DeleteRule;
  /** What one Submit is for: the one form, or all current ones that the person may edit. */
  submit?: 'form' | 'open_forms';
  notify_assignment?: boolean;
  security?: Security;
  forms: Form[];
}

export function isShowing(field: Pick<Field, 'type'>): boolean {
  return (showingTypes as string[]).includes(field.type);
}

export function isMultiple(field: Field): boolean {
  return field.appearance === 'multiselect' || field.appearance === 'checkboxes';
}

/** The decimals of a number field: what it says, else its format's own; without a format it is a decimal number. */
export function decimalsOf(field: Field): number {
  return field.decimals ?? (field.format === 'integer' ? 0 : 2);
}

/** The largest number of characters, rows, people that a field takes. */
export function maxLengthOf(field: Field): number {
  return field.max_length ?? (field.multiline ? 10000 : 200);
}

/** Nothing, blanks, an empty list, and a toggle that is off. */
export function isEmpty(value: Value, type?: FieldType): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return /^[ \t\n]*$/.test(value);
  return Array.isArray(value) ? value.length === 0 : type === 'toggle' && value === false;
}
