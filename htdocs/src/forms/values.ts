// SPDX-License-Identifier: Apache-2.0
// What is wrong with the values of a form before the server is asked; it decides again (mod_b2bportal/forms/fill.c).
import { same } from '../model/conflict';
import {
  decimalsOf,
  isEmpty,
  isMultiple,
  isShowing,
  maxLengthOf,
  type Field,
  type Person,
  type Row,
  type Value,
  type Values,
} from './document';
import { matchPattern } from './pattern';
import { formState, type FormState } from './state';
import { say } from './words';

export interface FillProblem {
  /** The field's name; in a table "items/2/amount". */
  field: string;
  message: string;
  /** Nothing is there yet. */
  missing?: true;
}

const MAX_NUMBER = 999_999_999_999;
/** The types whose values are texts: of these '' is nothing, of others it is of the wrong kind. */
const TEXTS = ['text', 'choice', 'date', 'date_time'];
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/* As the server's lines are: nothing that shows nothing or turns the direction of writing. */
const NOT_IN_A_LINE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

/** Days that exist, of the years 1000 to 9999. */
export function isDay(text: string): boolean {
  const found = /^([1-9]\d{3})-(\d{2})-(\d{2})$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

export function isMoment(text: string): boolean {
  const found = /^(.{10})T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/.exec(text);
  return !!found && isDay(found[1]!);
}

/** At most so many places behind the point; 0.1 counts as one though no computer has it. */
export function fitsDecimals(value: number, decimals: number): boolean {
  const scaled = value * 10 ** decimals;
  return Math.abs(scaled - Math.round(scaled)) < 1e-6 && keepsDecimals(value, decimals);
}

/** 15 digits are kept: a large number must not lose those of its decimals that the field wants. */
function keepsDecimals(value: number, decimals: number): boolean {
  return Math.abs(value - Number(value.toPrecision(15))) * 10 ** decimals < 1e-6;
}

function textProblem(field: Field, value: Value, complete: boolean): string | null {
  if (typeof value !== 'string') return say('type');
  if (NOT_IN_A_LINE.test(field.multiline ? value.replace(/[\t\n]/g, '') : value)) return say('characters');
  const length = Array.from(value).length;
  const most = maxLengthOf(field);
  if (length > most) return say('long', { max: most });
  if (complete && field.min_length && length < field.min_length) return say('short', { min: field.min_length });
  if (complete && field.pattern && !matchPattern(field.pattern, value)) return field.pattern_hint || say('pattern');
  return null;
}

function choiceProblem(field: Field, value: Value, complete: boolean): string | null {
  const known = (field.options ?? []).map((o) => o.value);
  if (!isMultiple(field)) return typeof value === 'string' && known.includes(value) ? null : say('choice');
  if (!Array.isArray(value)) return say('type');
  const chosen = value as string[];
  if (new Set(chosen).size !== chosen.length || chosen.some((v) => !known.includes(v))) return say('choice');
  if (field.max_choices && chosen.length > field.max_choices) return say('choices_many', { max: field.max_choices });
  if (complete && field.min_choices && chosen.length < field.min_choices) return say('choices_few', { min: field.min_choices });
  return null;
}

function numberProblem(field: Field, value: Value): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return say('number');
  if (Math.abs(value) > MAX_NUMBER) return say('number_large');
  const decimals = decimalsOf(field);
  if (!fitsDecimals(value, decimals)) return decimals ? say('decimals', { count: decimals }) : say('whole');
  if (typeof field.min === 'number' && value < field.min) return say('least', { min: number(field.min) });
  if (typeof field.max === 'number' && value > field.max) return say('most', { max: number(field.max) });
  return null;
}

function timeProblem(field: Field, value: Value): string | null {
  const day = field.type === 'date';
  if (typeof value !== 'string' || !(day ? isDay(value) : isMoment(value))) return say(day ? 'date' : 'date_time');
  if (typeof field.min === 'string' && value < field.min) return say('earliest', { min: field.min });
  if (typeof field.max === 'string' && value > field.max) return say('latest', { max: field.max });
  return null;
}

function filesProblem(field: Field, value: Value): string | null {
  if (!Array.isArray(value) || value.some((id) => typeof id !== 'string' || !ID.test(id))) return say('type');
  if (new Set(value as string[]).size !== value.length) return say('type');
  const most = field.max_files ?? 5;
  return value.length > most ? say('files_many', { max: most }) : null;
}

/** People of the partner, or of host groups; a field that says neither means the host's. */
function mayBe(field: Field, person: Person): boolean {
  if (person === null || typeof person !== 'object' || Object.keys(person).some((key) => key !== 'kind' && key !== 'id')) return false;
  if (typeof person.id !== 'string' || !ID.test(person.id)) return false;
  if (person.kind === 'member') return !!field.from_partner;
  return person.kind === 'host_user' && (!!field.host_groups?.length || !field.from_partner);
}

function peopleProblem(field: Field, value: Value): string | null {
  if (!Array.isArray(value)) return say('type');
  const people = value as Person[];
  if (people.some((p) => !mayBe(field, p))) return say('type');
  const most = field.multiple ? (field.max_people ?? 10) : 1;
  if (people.length > most) return say('people_many', { max: most });
  return new Set(people.map((p) => `${p.kind} ${p.id}`)).size === people.length ? null : say('people_twice');
}

function rowProblems(field: Field, row: Row, at: number, complete: boolean): FillProblem[] {
  const place = `${field.name}/${at}`;
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return [{ field: place, message: say('type') }];
  const columns = field.columns ?? [];
  const unknown = Object.keys(row).filter((name) => !columns.some((c) => c.name === name));
  return [
    ...unknown.map((name) => ({ field: `${place}/${name}`, message: say('type') })),
    ...columns.flatMap((column) =>
      valueProblems(column, row[column.name] as Value, complete, !!column.required).map((p) => ({ ...p, field: `${place}/${p.field}` })),
    ),
  ];
}

function tableProblems(field: Field, value: Value, complete: boolean): FillProblem[] {
  if (!Array.isArray(value)) return [{ field: field.name, message: say('type') }];
  const rows = value as Row[];
  const most = field.max_rows ?? 50;
  const found: FillProblem[] = [];
  if (rows.length > most) found.push({ field: field.name, message: say('rows_many', { max: most }) });
  if (complete && field.min_rows && rows.length < field.min_rows) {
    found.push({ field: field.name, message: say('rows_few', { min: field.min_rows }) });
  }
  return [...found, ...rows.flatMap((row, i) => rowProblems(field, row, i, complete))];
}

function valueProblems(field: Field, value: Value, complete: boolean, required: boolean): FillProblem[] {
  const at = (message: string | null) => (message ? [{ field: field.name, message }] : []);
  if (isEmpty(value, field.type) && !(value === '' && !TEXTS.includes(field.type))) {
    if (!complete || !required) return [];
    const words = field.type === 'table' ? 'required_rows' : field.type === 'file' ? 'required_file' : 'required';
    return [{ field: field.name, message: say(field.type === 'toggle' ? 'required_toggle' : words), missing: true }];
  }
  switch (field.type) {
    case 'text':
      return at(textProblem(field, value, complete));
    case 'choice':
      return at(choiceProblem(field, value, complete));
    case 'number':
      return at(numberProblem(field, value));
    case 'date':
    case 'date_time':
      return at(timeProblem(field, value));
    case 'toggle':
      return at(typeof value === 'boolean' ? null : say('type'));
    case 'table':
      return tableProblems(field, value, complete);
    case 'file':
      return at(filesProblem(field, value));
    default:
      return at(peopleProblem(field, value));
  }
}

function number(value: number): string {
  return say.number(value);
}

export interface Filling {
  /** Also what must be there: asked when submitting, not when saving. */
  complete?: boolean;
  /** Known already: the state of the form with these values. */
  state?: FormState;
}

/** What is wrong with VALUES, in the order of the form's fields; nothing about what is not shown or locked. */
export function fillProblems(form: { fields: Field[] }, values: Values, { complete = false, state }: Filling = {}): FillProblem[] {
  const now = state ?? formState(form, values);
  return form.fields.flatMap((field) => {
    const s = now[field.name];
    if (isShowing(field) || !s?.shown) return [];
    return valueProblems(field, values[field.name], complete, s.required);
  });
}

/** The starting values of a form. */
export function defaults(form: { fields: Field[] }): Values {
  const values: Values = {};
  for (const field of form.fields) {
    if (!isShowing(field) && !isEmpty(field.default)) values[field.name] = structuredClone(field.default);
  }
  return values;
}

/** What to send: the shown, unlocked fields whose values differ from BASE; null empties one. */
export function formChanges(form: { fields: Field[] }, base: Values, values: Values): Values {
  const state = formState(form, values);
  const changes: Values = {};
  for (const field of form.fields) {
    const s = state[field.name];
    if (isShowing(field) || !s?.shown || s.locked) continue;
    const [before, now] = [base[field.name], values[field.name]];
    if (same(before ?? null, now ?? null) || (isEmpty(before) && isEmpty(now))) continue;
    changes[field.name] = isEmpty(now) ? null : now;
  }
  return changes;
}
