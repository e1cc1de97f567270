// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstValues, pick, rightValues, valueWords } from '../../src/instances/formValues';
import { ownersText } from '../../src/instances/instances';
import { forgetOthers, forgetTyped, keepTyped, typedOf } from '../../src/instances/typed';
import { cellText, rememberColumns, rememberedColumns, usualColumns } from '../../src/portal/instances/columns';
import { apiQuery } from '../../src/portal/instances/query';
import { starter } from '../../src/portal/instances/starter';
import { isOwnPath, placeOf } from '../../src/portal/pages';
import { setLocale } from '../../src/i18n/index.svelte';
import type { PageForm } from '../../src/forms/document';

const form: PageForm = {
  name: 'report',
  title: 'Report',
  fields: [
    { name: 'what', title: 'What', type: 'text', max_length: 10 },
    { name: 'count', title: 'Count', type: 'number', default: 1 },
    { name: 'why', title: 'Why', type: 'text', shown_when: { field: 'count', is: 'more', value: 5 } },
    { name: 'hint', type: 'heading', text: 'A heading' },
  ],
};

describe('what is typed and not saved', () => {
  const typed = { at: '2026-11-24T09:00:00Z', etag: '"3"', base: { what: 'a' }, values: { what: 'b' } };
  beforeEach(() => sessionStorage.clear());

  it('is kept for one person and one form, until it is saved', () => {
    keepTyped('anna', 'i1/report', typed);
    expect(typedOf('anna', 'i1/report')).toEqual(typed);
    expect(typedOf('anna', 'i1/check')).toBeNull();
    expect(typedOf('ben', 'i1/report')).toBeNull();
    forgetTyped('anna', 'i1/report');
    expect(typedOf('anna', 'i1/report')).toBeNull();
  });
  it('is gone for whoever signs in next in the same tab', () => {
    keepTyped('anna', 'i1/report', typed);
    keepTyped('ben', 'i1/report', typed);
    sessionStorage.setItem('b2b-other', 'stays');
    forgetOthers('ben');
    expect(typedOf('anna', 'i1/report')).toBeNull();
    expect(typedOf('ben', 'i1/report')).toEqual(typed);
    expect(sessionStorage.getItem('b2b-other')).toBe('stays');
  });
  it('is ignored when it is not ours', () => {
    sessionStorage.setItem('b2b-typed:anna:x', '{"at": 3}');
    expect(typedOf('anna', 'x')).toBeNull();
    sessionStorage.setItem('b2b-typed:anna:x', '{');
    expect(typedOf('anna', 'x')).toBeNull();
  });
});

describe('columns of choice', () => {
  beforeEach(() => localStorage.clear());
  const known = ['field:a', 'field:b', 'status', 'created_by', 'modified_at'];

  it('are the usual ones at first, with a few fields', () => {
    expect(usualColumns(['a', 'b', 'c', 'd'])).toEqual(['field:a', 'field:b', 'field:c', 'status', 'created_by', 'modified_at']);
    expect(rememberedColumns('anna', 'p', known, ['status'])).toEqual(['status']);
  });
  it('are remembered for a person and a process; those that are gone are left out', () => {
    rememberColumns('anna', 'p', ['modified_at', 'field:gone', 'field:b']);
    expect(rememberedColumns('anna', 'p', known, ['status'])).toEqual(['field:b', 'modified_at']);
    expect(rememberedColumns('ben', 'p', known, ['status'])).toEqual(['status']);
    rememberColumns('anna', 'p', []);
    expect(rememberedColumns('anna', 'p', known, ['status'])).toEqual([]);
  });
});

describe('the address of a list', () => {
  const fields = [
    { name: 'amount', type: 'number' as const },
    { name: 'when', type: 'date_time' as const },
  ];
  it('passes what the API knows, and nothing else', () => {
    const address = { q: 'pump', of: 'x~y', selected: '3', status: 'report', waiting: 'true', sort: '-created_at' };
    expect(apiQuery(address, { process_id: 'p' }, [])).toEqual({ process_id: 'p', q: 'pump', status: 'report', waiting: 'true', sort: '-created_at' });
  });
  it('narrows by a field of the process that has a value', () => {
    expect(apiQuery({ field: 'amount', from: '3', until: '' }, {}, fields)).toEqual({ field: 'amount', from: '3' });
    expect(apiQuery({ field: 'amount' }, {}, fields)).toEqual({});
    expect(apiQuery({ field: 'gone', value: 'x', sort: 'field:gone' }, {}, fields)).toEqual({});
    expect(apiQuery({ sort: '-field:amount' }, {}, fields)).toEqual({ sort: '-field:amount' });
  });
  it('makes moments of days', () => {
    const query = apiQuery({ field: 'when', from: '2026-11-24', until: '2026-11-24' }, {}, fields);
    expect(new Date(query['until']!).getTime() - new Date(query['from']!).getTime()).toBe((24 * 3600 - 1) * 1000);
    expect(query['from']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
  });
});

describe('the values of a form', () => {
  it('are compared with nothing as null, and without what only shows', () => {
    expect(pick(form.fields.slice(0, 2), { what: ' ', count: 0 })).toEqual({ what: null, count: 0 });
  });
  it('begin an instance whole; a default that was taken out is null', () => {
    expect(firstValues(form, { count: 1 }, { what: 'leak', count: 1 })).toEqual({ what: 'leak', count: 1 });
    expect(firstValues(form, { count: 1 }, { what: 'leak' })).toEqual({ what: 'leak', count: null });
  });
  it('that are wrong do not keep an upload from beginning one', () => {
    expect(rightValues(form, { what: 'x'.repeat(11), count: 2 }, { what: 'x'.repeat(11), count: 2 })).toEqual({ count: 2 });
  });
  it('read as words, rows and files too', () => {
    const names = { file: (id: string) => (id === 'f1' ? 'photo.png' : undefined), person: () => 'Ann Lee' };
    expect(valueWords({ name: 'f', type: 'file' }, ['f1', 'f2'], names)).toBe('photo.png\nA file');
    expect(valueWords({ name: 'p', type: 'person' }, [{ kind: 'member', id: '1' }], names)).toBe('Ann Lee');
    const rows = { name: 't', type: 'table' as const, columns: [{ name: 'a', title: 'A', type: 'text' as const }, { name: 'b', title: 'B', type: 'toggle' as const }] };
    expect(valueWords(rows, [{ a: 'x' }, { a: 'y', b: true }], names)).toBe('A: x, B: –\nA: y, B: Yes');
    expect(valueWords(undefined, 'x', names)).toBe('');
  });
});

describe('whom a form waits for', () => {
  it('begins with oneself, and does not name everybody of a crowd', () => {
    const owner = (name: string, kind: 'member' | 'group' = 'member', me = false) => ({ kind, name, me });
    expect(ownersText([])).toBe('Nobody');
    expect(ownersText([owner('Quality', 'group', true), owner('Ann', 'member', true)])).toBe('You, Quality');
    expect(ownersText(['A', 'B', 'C', 'D', 'E', 'F'].map((n) => owner(n)))).toBe('A, B, C and 3 more');
  });
});

describe('starting', () => {
  const kept = { id: 'i1', etag: '"1"' };
  let calls: { key: string | null; body: string }[];
  let answers: (() => Response | Promise<Response>)[];
  const made = () => new Response(JSON.stringify(kept), { status: 201, headers: { 'Content-Type': 'application/json', ETag: '"1"' } });

  beforeEach(() => {
    calls = [];
    answers = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      calls.push({ key: request.headers.get('Idempotency-Key'), body: await request.text() });
      return answers.shift()!();
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  it('makes one, however often it is clicked', async () => {
    const begin = starter('s', 'p');
    answers = [made];
    const [one, two] = await Promise.all([begin({ a: 1 }, false), begin({ a: 1 }, false)]);
    expect(calls).toHaveLength(1);
    expect([one.sent, two.sent]).toEqual([true, false]);
    expect(one.instance.id).toBe('i1');
  });
  it('sends again exactly what was sent when the answer was lost, and says that there is more to send', async () => {
    const begin = starter('s', 'p');
    answers = [() => Promise.reject(new TypeError('network')), made];
    await expect(begin({ a: 1 }, false)).rejects.toThrow();
    const again = await begin({ a: 2 }, true);
    expect(calls[1]).toEqual(calls[0]);
    expect(again.sent).toBe(false);
  });
  it('sends the new values after a refusal', async () => {
    const begin = starter('s', 'p');
    answers = [() => new Response('{}', { status: 400, headers: { 'Content-Type': 'application/problem+json' } }), made];
    await expect(begin({ a: 1 }, false)).rejects.toThrow();
    expect((await begin({ a: 2 }, false)).sent).toBe(true);
    expect(calls[1]!.key).not.toBe(calls[0]!.key);
  });
});

describe('addresses of the portal', () => {
  it('are pages of ours, or the sysadmin’s', () => {
    const own = ['/', '/me', '/instances', '/instances/1', '/shared-processes/1', '/shared-processes/1/2/new', '/dashboards/1'];
    for (const path of own) expect([path, isOwnPath(path), placeOf(path) !== null]).toEqual([path, true, true]);
    const other = ['/manuals/', '/instances/1/2', '/shared-processes/1/2', '/shared-processes', '/api/v1/session'];
    for (const path of other) expect([path, isOwnPath(path)]).toEqual([path, false]);
  });
});

describe('what a column shows of a field', () => {
  afterEach(() => setLocale('en'));
  const of = (type: 'number' | 'date' | 'date_time' | 'toggle' | 'text', text: string) => cellText({ name: 'f', title: 'F', type }, text);

  it('is written as in the language of the page', async () => {
    expect([of('number', '-1234.50 EUR'), of('number', '12 %'), of('toggle', 'Yes')]).toEqual(['-1,234.50 EUR', '12 %', 'Yes']);
    await setLocale('de');
    expect([of('number', '-1234.50 EUR'), of('number', '0.125'), of('number', '')]).toEqual(['-1.234,50 EUR', '0,125', '']);
    expect([of('toggle', 'No'), of('toggle', 'Switched on'), of('date', '2026-11-02')]).toEqual(['Nein', 'Switched on', '02.11.2026']);
    expect([of('text', '12.50'), of('number', 'unknown'), of('date_time', 'never')]).toEqual(['12.50', 'unknown', 'never']);
  });
});
