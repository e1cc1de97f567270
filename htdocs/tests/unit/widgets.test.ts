// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aboutSubject, inputOf, subjectsOf } from '../../src/admin/dashboards/conditionWords';
import { fieldsOf } from '../../src/admin/dashboards/processFields';
import { newWidget, showWidgets, tidy, widgetFaults, type DataWidget, type Widget } from '../../src/admin/dashboards/widgets';
import type { ProcessDocument } from '../../src/forms/document';
import { fitsRing, labelEvery, monthText, numberText, ringPath, slicesOf, ticksOf } from '../../src/widgets/numbers';
import { consoleList, portalList, type WidgetLink } from '../../src/widgets/source';

const bars = (...values: number[]) => values.map((value, i) => ({ key: `k${i}`, label: `L${i}`, value }));
const plain = { decimals: 0, currency: null, percent: false };

describe('numbers of widgets', () => {
  it('are written in the language, with their unit', () => {
    expect(numberText(1234, plain, 'en')).toBe('1,234');
    expect(numberText(1234.5, { ...plain, decimals: 2 }, 'de')).toBe('1.234,50');
    expect(numberText(12, { ...plain, percent: true }, 'en')).toBe('12 %');
    expect(numberText(5, { decimals: 2, currency: 'EUR', percent: false }, 'en')).toBe('€5.00');
    expect(monthText('2026-11', 'en')).toBe('November 2026');
    expect(monthText('2026-01', 'de', true)).toBe('Jan. 26');
  });

  it('have round marks that hold all of them, and 0', () => {
    for (const values of [[3], [0], [], [7, 12, 1], [1000], [0.2, 0.35], [-5, 10], [-3, -4], [99999]]) {
      const ticks = ticksOf(values);
      expect(ticks).toContain(0);
      expect(ticks.length).toBeGreaterThan(1);
      expect(ticks.length).toBeLessThan(8);
      expect(Math.min(...ticks)).toBeLessThanOrEqual(Math.min(0, ...values));
      expect(Math.max(...ticks)).toBeGreaterThanOrEqual(Math.max(0, ...values));
      if (values.every(Number.isInteger)) expect(ticks.every(Number.isInteger)).toBe(true);
    }
  });

  it('leave out labels for which there is no room', () => {
    expect(labelEvery(4, 600)).toBe(1);
    expect(labelEvery(24, 300)).toBe(5);
    expect(labelEvery(24, 0)).toBeGreaterThan(24);
  });

  it('make a ring of what is above zero, the largest first, the smallest as one', () => {
    expect(fitsRing(bars(0, 0))).toBe(false);
    expect(fitsRing(bars(3, -1))).toBe(false);
    const slices = slicesOf(bars(1, 5, 0, 2), 'Others');
    expect(slices.map((s) => s.value)).toEqual([5, 2, 1]);
    expect(slices.at(-1)!.until).toBeCloseTo(1);
    expect(slices[1]!.from).toBeCloseTo(5 / 8);
    const many = slicesOf(bars(1, 2, 3, 4, 5, 6, 7, 8, 9), 'Others');
    expect(many).toHaveLength(7);
    expect(many.at(-1)).toMatchObject({ label: 'Others', value: 6 });
    expect(ringPath(0, 1, 50, 30).match(/M /g)).toHaveLength(2);
    expect(ringPath(0, 0.25, 50, 30)).toContain('M 0.00 -50.00 A 50 50 0 0 1 50.00 -0.00');
  });
});

describe('the list behind a widget', () => {
  const link: WidgetLink = {
    process_id: 'p', shared_process_id: 's', exact: true, waiting: true, created: false, status: null, state: 'open', field: 'kind', value: 'a b', from: null, until: null,
  };
  it('has the same filters in the address', () => {
    expect(portalList(link)).toBe('/instances?of=s%7Ep&state=open&field=kind&value=a+b&waiting=true');
    expect(consoleList({ ...link, waiting: false }, 'acme', 'x')).toBe('/instances?process_id=p&portal=acme&partner_id=x&state=open&field=kind&value=a+b');
  });
});

describe('widgets in the designer', () => {
  const document = {
    title: 'Complaint',
    forms: [
      { name: 'report', title: 'Report', fields: [
        { name: 'intro', type: 'heading', title: 'Intro' },
        { name: 'kind', title: 'Kind', type: 'choice', indexed: true, options: [{ value: 'x', label: 'Ex' }] },
        { name: 'amount', title: 'Amount', type: 'number', indexed: true },
        { name: 'note', title: 'Note', type: 'text' },
        { name: 'still', title: 'Still', type: 'toggle', indexed: true },
      ] },
    ],
  } as unknown as ProcessDocument;

  it('offer the fields that have data, and conditions over those that lists go by', () => {
    const process = fieldsOf(document);
    expect(process.fields.map((f) => f.name)).toEqual(['kind', 'amount', 'note', 'still']);
    expect(process.statuses.map((s) => s.value)).toEqual(['report', 'completed']);
    const subjects = subjectsOf(process);
    expect(subjects.map((s) => s.value)).toEqual(['status', 'state', 'created_at', 'modified_at', 'reference', 'field:kind', 'field:amount', 'field:still']);
    expect(aboutSubject(subjects[5]!)).toEqual({ field: 'field:kind', op: 'is', value: 'x' });
    expect(aboutSubject(subjects[2]!)).toEqual({ field: 'created_at', op: 'within_days', value: '30' });
    expect(inputOf(subjects[2], 'within_days')).toBe('days');
    expect(inputOf(subjects[2], 'from')).toBe('date');
  });

  it('say what is missing before the server is asked', () => {
    const list = newWidget('list') as DataWidget & { type: 'list' };
    const tile = newWidget('tile') as DataWidget & { type: 'tile' };
    tile.title = 'T';
    tile.source.process_id = 'p';
    tile.measure = { function: 'sum' };
    tile.conditions = [{ field: 'status', op: 'is', value: '' }];
    list.columns = [];
    expect(Object.keys(widgetFaults([list, tile]))).toEqual([
      'widgets/0/title', 'widgets/0/source/process_id', 'widgets/0/columns', 'widgets/1/conditions/0/value', 'widgets/1/measure/field',
    ]);
  });

  it('send no field with a count', () => {
    const tile = { ...newWidget('tile'), measure: { function: 'count', field: 'amount' } } as Widget;
    expect(tidy([tile])[0]).toMatchObject({ measure: { function: 'count' } });
    expect(JSON.stringify(tidy([tile]))).not.toContain('amount');
  });

  it('are told in a line', () => {
    const chart = { ...newWidget('chart'), title: 'Kinds', show: 'assigned', conditions: [{ field: 'field:kind', op: 'is_not', value: 'x' }] } as Widget;
    expect(showWidgets([chart])).toBe('Chart “Kinds” of instances that wait for whoever looks where kind is not x');
  });
});
