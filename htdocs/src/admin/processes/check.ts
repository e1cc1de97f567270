// SPDX-License-Identifier: Apache-2.0
// What is wrong with a document, as far as one can tell while designing; the server has the last word. Places are the
// server's: "forms/1/fields/3/pattern".
import { isMultiple, isShowing, type Condition, type Field, type Form, type ProcessDocument } from '../../forms/document';
import { checkPattern, patternLength } from '../../forms/pattern';
import { conditionFields, LIMITS, nameFault, namesNobody, stepOf } from './design';

export type Places = Record<string, string>;

function termFaults(condition: Condition, legal: Map<string, { field: Field; barred: string | null }>, named: (name: string) => string | undefined): string | null {
  if ('all' in condition || 'any' in condition) {
    const parts = 'all' in condition ? condition.all : condition.any;
    if (!parts.length) return 'A group is empty: add a condition to it or take it out.';
    return parts.map((c) => termFaults(c, legal, named)).find(Boolean) ?? null;
  }
  if ('not' in condition) return termFaults(condition.not, legal, named);
  if (!('field' in condition)) return null;
  const found = legal.get(condition.field);
  if (!found) {
    const title = named(condition.field);
    return title
      ? `“${title}” cannot be asked here: it comes later, stands on a form that is open at the same time, or has no value.`
      : 'A field that this depends on is gone. Choose another.';
  }
  if (found.barred) return `“${found.field.title}” ${found.barred}: whether it is shown depends on this field.`;
  if (condition.is === 'empty' || condition.is === 'not_empty') return null;
  const { value } = condition;
  if (value === undefined || value === '' || (Array.isArray(value) && !value.length)) return `Say what “${found.field.title}” is compared with.`;
  return null;
}

function choiceFaults(field: Field, at: string, found: Places): void {
  const options = field.options ?? [];
  if (!options.length) found[`${at}/options`] = 'Add at least one option.';
  const values = new Set<string>();
  for (const [i, option] of options.entries()) {
    if (!option.label.trim()) found[`${at}/options/${i}/label`] = 'Write what this option says.';
    if (!option.value.trim()) found[`${at}/options/${i}/value`] = 'Write a value.';
    else if (values.has(option.value)) found[`${at}/options/${i}/value`] = 'Another option has this value.';
    values.add(option.value);
  }
  if (isMultiple(field) && field.min_choices && field.max_choices && field.min_choices > field.max_choices) {
    found[`${at}/max_choices`] = 'Less than the least.';
  }
}

function rangeFault(least: unknown, most: unknown): boolean {
  return typeof least === typeof most && least !== null && most !== null && (least as number) > (most as number);
}

function typeFaults(field: Field, at: string, found: Places): void {
  switch (field.type) {
    case 'text': {
      const refused = field.pattern ? checkPattern(field.pattern) : null;
      if (refused) found[`${at}/pattern`] = refused.message;
      const longest = field.pattern ? patternLength(field.pattern) : Infinity;
      if (!refused && (field.max_length ?? (field.multiline ? 10000 : 200)) > longest) {
        found[`${at}/pattern`] = `Too complex for so long texts. Make it simpler, or allow at most ${longest} characters.`;
      }
      if (rangeFault(field.min_length, field.max_length)) found[`${at}/max_length`] = 'Less than the least.';
      break;
    }
    case 'choice':
      choiceFaults(field, at, found);
      break;
    case 'number':
      if (field.format === 'currency' && !/^[A-Z]{3}$/.test(field.currency ?? '')) found[`${at}/currency`] = 'Three capital letters, such as EUR.';
      if (rangeFault(field.min, field.max)) found[`${at}/max`] = 'Less than the least.';
      break;
    case 'date':
    case 'date_time':
      if (field.min && field.max && rangeFault(field.min, field.max)) found[`${at}/max`] = 'Before the first.';
      break;
    case 'table':
      tableFaults(field, at, found);
      break;
    case 'person':
      if (!field.from_partner && !field.host_groups?.length) found[`${at}/from_partner`] = 'Say whose people can be chosen.';
      break;
    case 'heading':
      if (!field.text?.trim()) found[`${at}/text`] = 'Write the heading.';
      break;
    case 'rich_text':
      if (!field.content?.length) found[`${at}/content`] = 'Write something.';
      break;
    case 'image':
      if (!field.file) found[`${at}/file`] = 'Choose a picture.';
      break;
    case 'link':
      if (!field.label?.trim()) found[`${at}/label`] = 'Write what the link says.';
      if (!field.url?.trim()) found[`${at}/url`] = 'Write where the link leads.';
      break;
  }
}

function tableFaults(table: Field, at: string, found: Places): void {
  const columns = table.columns ?? [];
  if (!columns.length) found[`${at}/columns`] = 'Add at least one column.';
  for (const [i, column] of columns.entries()) {
    const place = `${at}/columns/${i}`;
    if (!column.title?.trim()) found[`${place}/title`] = 'Give the column a title.';
    const others = columns.filter((_, j) => j !== i).map((c) => c.name);
    const fault = others.includes(column.name) ? 'Another column has this name.' : null;
    if (fault) found[`${place}/name`] = fault;
    typeFaults(column, place, found);
  }
  if (rangeFault(table.min_rows, table.max_rows)) found[`${at}/max_rows`] = 'Less than the least.';
}

function fieldFaults(document: ProcessDocument, form: number, index: number, found: Places): void {
  const field = document.forms[form]!.fields[index]!;
  const at = `forms/${form}/fields/${index}`;
  const all = document.forms.flatMap((f) => f.fields);
  if (!isShowing(field) && !field.title?.trim()) found[`${at}/title`] = 'Give the field a title.';
  const fault = nameFault(field.name, all.filter((f) => f !== field).map((f) => f.name));
  if (fault) found[`${at}/name`] = fault;
  typeFaults(field, at, found);
  for (const member of ['shown_when', 'required_when', 'locked_when'] as const) {
    const condition = field[member];
    if (!condition) continue;
    const legal = new Map(conditionFields(document, form, field, member).map((c) => [c.field.name, c]));
    const wrong = termFaults(condition, legal, (name) => all.find((f) => f.name === name)?.title);
    if (wrong) found[`${at}/${member}`] = wrong;
  }
}

function actionFaults(document: ProcessDocument, at: number, found: Places): void {
  const actions = document.forms[at]!.actions ?? [];
  for (const [i, action] of actions.entries()) {
    const place = `forms/${at}/actions/${i}`;
    if (!action.title.trim()) found[`${place}/title`] = 'Say what stands on the button.';
    if (!/^[a-z][a-z0-9_]{0,39}$/.test(action.name)) found[`${place}/name`] = 'Small letters, digits and underscores, a letter first.';
    else if (actions.findIndex((a) => a.name === action.name) < i) found[`${place}/name`] = 'Another action of this form has this name.';
    if (action.kind === 'go_to' && !document.forms.slice(0, stepOf(document, at)).some((f) => f.name === action.form)) {
      found[`${place}/form`] = stepOf(document, at) === 0 ? 'There is no form before this one to go back to.' : 'Choose a form that is done before this one opens.';
    }
  }
}

function formFaults(document: ProcessDocument, at: number, found: Places): void {
  const form = document.forms[at] as Form;
  if (!form.title.trim()) found[`forms/${at}/title`] = 'Give the form a title.';
  if (at > 0 && namesNobody(form.owners)) found[`forms/${at}/owners`] = 'Name at least one owner: nobody could work on this form.';
  const person = form.owners?.field;
  if (person) {
    const earlier = document.forms.slice(0, stepOf(document, at)).flatMap((f) => f.fields);
    if (!earlier.some((f) => f.name === person && f.type === 'person')) {
      found[`forms/${at}/owners/field`] = 'The person field that named the owners is not in a form that is done before this one opens.';
    }
  }
  actionFaults(document, at, found);
  for (const i of form.fields.keys()) fieldFaults(document, at, i, found);
}

/** By place, in the order of the document. */
export function checkDocument(document: ProcessDocument): Places {
  const found: Places = {};
  for (const i of document.forms.keys()) formFaults(document, i, found);
  const indexed = document.forms.flatMap((f) => f.fields).filter((f) => f.indexed).length;
  if (indexed > LIMITS.indexed) found['forms'] = `At most ${LIMITS.indexed} fields can be columns of lists; ${indexed} are.`;
  const pattern = document.reference_pattern ?? '';
  const numbers = pattern.match(/\[number(:[1-9])?\]/g)?.length ?? 0;
  if (numbers !== 1) found['reference_pattern'] = 'It must have [number] once, so that no two references are the same.';
  return found;
}
