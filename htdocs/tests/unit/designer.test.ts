// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../src/admin/processes/check';
import { groupOf, operatorsOf, withOperator, writeGroup } from '../../src/admin/processes/conditions';
import {
  conditionFields,
  copyOf,
  freeName,
  nameFault,
  newField,
  newForm,
  referenceExample,
  renameField,
  settleSteps,
  stepOf,
  suggestName,
  tidy,
  usesOf,
} from '../../src/admin/processes/design';
import { fieldKinds, kindOf } from '../../src/admin/processes/fieldKinds';
import { fillKeys, partLabels, putTogether, takeApart } from '../../src/admin/processes/merge';
import { placeWords } from '../../src/admin/processes/places';
import type { Condition, Field, ProcessDocument } from '../../src/forms/document';
import { findConflicts, mergeChoices, type Plain } from '../../src/model/conflict';

function complaint(): ProcessDocument {
  return {
    title: 'Complaint',
    reference_pattern: '[name]-[number:4]-[kind]',
    forms: [
      {
        name: 'report',
        title: 'Report',
        owners: { creator: true },
        fields: [
          { name: 'kind', title: 'Kind', type: 'choice', indexed: true, options: [{ value: 'late', label: 'Late' }] },
          { name: 'since', title: 'Since', type: 'date', shown_when: { field: 'kind', is: 'equals', value: 'late' } },
          { name: 'contact', title: 'Contact', type: 'person', from_partner: true },
        ],
      },
      {
        name: 'closing',
        title: 'Closing',
        owners: { field: 'contact' },
        fields: [{ name: 'content_with', title: 'Content', type: 'toggle', locked_when: { not: { any: [{ field: 'kind', is: 'empty' }] } } }],
      },
    ],
  };
}

describe('names', () => {
  it.each([
    ['Article number', 'article_number'],
    ['7 days', 'days'],
    ['Name', 'name_field'],
    ['Größe (mm)', 'grosse_mm'],
    ['日本', ''],
  ])('suggests from %j', (title, name) => expect(suggestName(title)).toBe(name));
  it('are free, of the right form and no word of instances', () => {
    expect(freeName('a', ['a', 'a_2'])).toBe('a_3');
    expect(nameFault('amount', [])).toBeNull();
    for (const bad of ['Amount', '1st', '', 'a-b', 'status', 'a'.repeat(41)]) expect(nameFault(bad, [])).toBeTruthy();
    expect(nameFault('amount', ['amount'])).toMatch(/Another/);
  });
  it('are changed wherever a field is named', () => {
    const d = complaint();
    renameField(d, 'kind', 'sort');
    renameField(d, 'contact', 'person');
    expect(JSON.stringify(d)).not.toMatch(/"kind"|\[kind\]|contact"/);
    expect(d.forms[1]!.owners!.field).toBe('person');
    expect(checkDocument(d)).toEqual({});
  });
});

describe('new things', () => {
  it('of every kind are right at once, but for the picture and the link, which want something', () => {
    const d: ProcessDocument = { title: 'T', reference_pattern: '[number]', forms: [] };
    d.forms.push(newForm(d), newForm(d));
    for (const kind of fieldKinds) {
      const field = newField(kind, d);
      expect(kindOf(field)).toBe(kind);
      d.forms[0]!.fields.push(field);
      d.forms[0]!.fields.push(copyOf(field, d));
    }
    expect([...new Set(Object.keys(checkDocument(d)).map((p) => p.split('/').at(-1)))].sort()).toEqual(['file', 'url']);
  });
  it('tell where they are named', () => {
    expect(usesOf(complaint(), 'kind')).toEqual(['a condition of “Since”', 'a condition of “Content”', 'the reference']);
    expect(usesOf(complaint(), 'since')).toEqual([]);
  });
});

describe('conditions', () => {
  const conditions: Condition[] = [
    { all: [{ field: 'a', is: 'empty' }, { any: [{ field: 'b', is: 'equals', value: 1 }] }] },
    { not: { any: [{ field: 'a', is: 'empty' }] } },
    { not: { all: [{ field: 'a', is: 'empty' }, { always: true }] } },
  ];
  it.each(conditions)('come back as they were: %j', (condition) => expect(writeGroup(groupOf(condition))).toEqual(condition));
  it('of one term or one "not" mean the same', () => {
    expect(writeGroup(groupOf({ field: 'a', is: 'empty' }))).toEqual({ all: [{ field: 'a', is: 'empty' }] });
    expect(writeGroup(groupOf({ not: { field: 'a', is: 'empty' } }))).toEqual({ not: { any: [{ field: 'a', is: 'empty' }] } });
  });
  it('offer what a field can be asked, and keep a value that still fits', () => {
    const field: Field = { name: 'a', title: 'A', type: 'text' };
    const term = withOperator({ field: 'a', is: 'equals', value: 'x' }, field, 'one_of');
    expect(term).toEqual({ field: 'a', is: 'one_of', value: ['x'] });
    expect(withOperator(term, field, 'contains')).toEqual({ field: 'a', is: 'contains', value: 'x' });
    expect(withOperator(term, field, 'empty')).toEqual({ field: 'a', is: 'empty' });
    expect(operatorsOf({ name: 'f', type: 'file' }).map((o) => o.value)).toEqual(['not_empty', 'empty']);
  });
  it('are refused in a circle, at the place, and the fields that would make one are barred', () => {
    const d = complaint();
    const [kind, since] = d.forms[0]!.fields as [Field, Field];
    expect(conditionFields(d, 0, kind, 'shown_when').map((f) => [f.field.name, !!f.barred])).toEqual([['since', true], ['contact', false]]);
    expect(conditionFields(d, 0, since, 'shown_when').map((f) => f.barred)).toEqual([null, null]);
    kind.shown_when = { all: [{ field: 'since', is: 'not_empty' }] };
    expect(Object.keys(checkDocument(d))).toEqual(['forms/0/fields/0/shown_when', 'forms/0/fields/1/shown_when']);
    kind.shown_when = null;
    kind.required_when = { all: [{ field: 'since', is: 'not_empty' }] };
    expect(checkDocument(d)).toEqual({});
  });
  it('may not look ahead or at what is gone', () => {
    const d = complaint();
    d.forms[0]!.fields[0]!.required_when = { field: 'content_with', is: 'equals', value: true };
    d.forms[0]!.fields[1]!.locked_when = { all: [{ field: 'gone', is: 'empty' }] };
    expect(Object.keys(checkDocument(d))).toEqual(['forms/0/fields/0/required_when', 'forms/0/fields/1/locked_when']);
  });
});

describe('what is wrong', () => {
  it('has its place', () => {
    const d = complaint();
    d.reference_pattern = '[name]';
    d.forms[1]!.owners = {};
    d.forms[0]!.fields[0]!.options = [];
    d.forms[0]!.fields.push({ name: 'code', title: '', type: 'text', pattern: '(a' });
    const found = checkDocument(d);
    expect(Object.keys(found)).toEqual(['forms/0/fields/0/options', 'forms/0/fields/3/title', 'forms/0/fields/3/pattern', 'forms/1/owners', 'reference_pattern']);
    expect(placeWords('document/forms/0/fields/0/options/1', d)).toBe('Report › Kind › options › 2');
    expect(placeWords('forms/1/owners', d)).toBe('Closing › owners');
    /* As the properties call it, not the document. */
    expect(placeWords('forms/0/fields/0/url', d)).toBe('Report › Kind › where it leads');
    expect(placeWords('forms/0/fields/0/max_choices', d)).toBe('Report › Kind › at most');
    expect(placeWords('reference_pattern', d)).toBe('Reference');
  });
  it('is what asks a form that is open at the same time', () => {
    const d = complaint();
    expect(checkDocument(d)).toEqual({});
    d.forms[1]!.opens_with_previous = true;
    expect(Object.keys(checkDocument(d))).toEqual(['forms/1/owners/field', 'forms/1/fields/0/locked_when']);
    expect(stepOf(d, 1)).toBe(0);
    expect(conditionFields(d, 1, d.forms[1]!.fields[0]!, 'locked_when')).toEqual([]);
    d.forms.reverse();
    settleSteps(d);
    expect(d.forms.map((f) => !!f.opens_with_previous)).toEqual([false, false]);
  });
  it('is not what only stands there by default', () => {
    const d = complaint();
    const written = structuredClone(d);
    written.forms[0]!.fields[0] = { ...written.forms[0]!.fields[0]!, required: false, help: '', min_choices: null };
    written.forms[0]!.owners = { creator: true, partner: false, partner_groups: [], field: null };
    expect(tidy(written)).toEqual(tidy(d));
    expect(tidy({ notify_assignment: false })).toEqual({ notify_assignment: false });
  });
});

describe('references', () => {
  it('have an example', () => expect(referenceExample('[name]-[number:4]-[kind]-[x]', 'complaint', complaint())).toBe('complaint-0042-late-[x]'));
});

describe('two people', () => {
  const head = { title: 'Complaint', name: 'complaint', category: '', administrators: [] };
  function merge(mine: ProcessDocument, theirs: ProcessDocument) {
    const parts = [complaint(), mine, theirs].map((d) => takeApart({ ...head }, d)) as [Plain, Plain, Plain];
    fillKeys(...parts);
    const conflicts = findConflicts(...parts);
    return { conflicts, merged: putTogether(mergeChoices(parts[1], conflicts)), labels: partLabels(...parts) };
  }

  it('take nothing apart that does not come together again', () => {
    expect(putTogether(takeApart({ ...head }, complaint()))).toEqual(tidy(complaint()));
  });
  it('lose nothing when they change different things', () => {
    const mine = complaint();
    mine.forms[0]!.fields[0]!.title = 'Sort';
    mine.forms[0]!.fields.push({ name: 'mine', title: 'Mine', type: 'text' });
    const theirs = complaint();
    theirs.forms[1]!.fields[0]!.title = 'Satisfied';
    theirs.forms[1]!.fields.push({ name: 'theirs', title: 'Theirs', type: 'text' });
    theirs.forms.push({ name: 'third', title: 'Third', owners: { creator: true }, fields: [{ name: 'last', title: 'Last', type: 'date' }] });
    const { conflicts, merged, labels } = merge(mine, theirs);
    expect(conflicts.filter((c) => c.both)).toEqual([]);
    expect(merged.forms.map((f) => f.fields.map((g) => g.title))).toEqual([
      ['Sort', 'Since', 'Contact', 'Mine'],
      ['Satisfied', 'Theirs'],
      ['Last'],
    ]);
    expect(labels['field:theirs']).toBe('Field “Theirs”');
  });
  it('are asked where they changed the same field, and both additions stay', () => {
    const mine = complaint();
    mine.forms[0]!.fields[0]!.title = 'Sort';
    mine.forms[0]!.fields.unshift({ name: 'mine', title: 'Mine', type: 'text' });
    const theirs = complaint();
    theirs.forms[0]!.fields[0]!.title = 'Category';
    theirs.forms[0]!.fields.push({ name: 'theirs', title: 'Theirs', type: 'text' });
    const { conflicts, merged } = merge(mine, theirs);
    expect(conflicts.filter((c) => c.both).map((c) => c.field)).toEqual(['form:report', 'field:kind']);
    expect(merged.forms[0]!.fields.map((f) => f.title)).toEqual(['Mine', 'Sort', 'Since', 'Contact', 'Theirs']);
  });
  it('keep what one of them removed removed', () => {
    const theirs = complaint();
    theirs.forms[0]!.fields.splice(1, 1);
    expect(merge(complaint(), theirs).merged.forms[0]!.fields.map((f) => f.name)).toEqual(['kind', 'contact']);
  });
});
