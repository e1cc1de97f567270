// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { findConflicts, mergeChoices, same } from '../../src/model/conflict';
import { parseAddresses } from '../../src/model/emails';
import { plainText, safeLink } from '../../src/model/richtext';
import { suggestTechnicalName, technicalNameFault } from '../../src/model/slug';
import { relativeTime } from '../../src/model/time';

describe('technical name', () => {
  it.each([
    ['Acme Supplies', 'acme-supplies'],
    ['  Müller & Söhne GmbH ', 'muller-and-sohne-gmbh'],
    ['Straße 7', 'strasse-7'],
    ['O’Brien’s', 'obriens'],
    ['--x--', 'x'],
    ['xn--abc', 'abc'],
    ['日本', ''],
    ['a'.repeat(80), 'a'.repeat(63)],
    [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
  ])('suggests from %j', (name, suggestion) => {
    expect(suggestTechnicalName(name)).toBe(suggestion);
    if (suggestion) expect(technicalNameFault(suggestion)).toBeNull();
  });
  it.each([
    ['', 'empty'],
    ['a'.repeat(64), 'long'],
    ['Acme', 'characters'],
    ['a.b', 'characters'],
    ['xn--a', 'xn'],
    ['-a', 'hyphen'],
    ['a-', 'hyphen'],
    ['a', null],
    ['a-1', null],
  ])('checks %j', (value, fault) => expect(technicalNameFault(value)).toBe(fault));
});

describe('pasted addresses', () => {
  it('takes what mail programs and spreadsheets give', () => {
    const pasted = `a@x.example, "Lee, Ann" <ann@x.example>; Bo Berg <bo@x.example>
      c@x.example d@x.example\tmailto:e@x.example\n\nnonsense, A@X.example; no@tld, <f@x.example>`;
    const { addresses, rejected, repeated } = parseAddresses(pasted);
    expect(addresses).toEqual([
      { email: 'a@x.example' },
      { email: 'ann@x.example', first_name: 'Ann', last_name: 'Lee' },
      { email: 'bo@x.example', first_name: 'Bo', last_name: 'Berg' },
      { email: 'c@x.example' },
      { email: 'd@x.example' },
      { email: 'e@x.example' },
      { email: 'f@x.example' },
    ]);
    expect(rejected).toEqual(['nonsense', 'no@tld']);
    expect(repeated).toBe(1);
  });
  it('survives nothing and noise', () => {
    expect(parseAddresses(' \n ,;, ')).toEqual({ addresses: [], rejected: [], repeated: 0 });
    expect(parseAddresses('<<>>@').addresses).toEqual([]);
  });
});

describe('conflicts', () => {
  const base = { name: 'A', color: '#111111', tags: ['x'] };
  it('finds what each side changed', () => {
    const found = findConflicts(base, { ...base, name: 'B' }, { ...base, name: 'C', color: '#222222' });
    expect(found.map((f) => [f.field, f.both, f.choice])).toEqual([
      ['name', true, 'mine'],
      ['color', false, 'theirs'],
    ]);
    expect(mergeChoices({ ...base, name: 'B' }, found)).toEqual({ ...base, name: 'B', color: '#222222' });
  });
  it('is quiet where both agree, whatever the order of members', () => {
    expect(findConflicts(base, { ...base, name: 'B' }, { ...base, name: 'B' })).toEqual([]);
    expect(same({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(same([1], { 0: 1 })).toBe(false);
    expect(same({ a: undefined }, { b: undefined })).toBe(false);
    expect(same(null, {})).toBe(false);
  });
});

describe('links', () => {
  it.each([
    'https://x.example/a?b#c',
    'http://x.example',
    'mailto:a@x.example',
    '/manuals/',
    '#part',
  ])('allows %s', (link) => expect(safeLink(link)).toBe(link));
  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'data:text/html,x',
    'vbscript:x',
    'https:///evil.example',
    'manuals/',
    '',
    null,
  ])('refuses %j', (link) => expect(safeLink(link)).toBeNull());
  it('reads blocks as text', () => {
    expect(
      plainText([
        { type: 'heading', level: 2, content: [{ text: 'H' }] },
        { type: 'list', ordered: false, items: [[{ text: 'a', bold: true }], [{ text: 'b' }, { text: 'c' }]] },
      ]),
    ).toBe('H\na\nbc');
  });
});

describe('relative time', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  it.each([
    ['2026-11-22T11:59:40Z', 'now'],
    ['2026-11-22T09:00:00Z', '3 hours ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-11-24T13:00:00Z', 'in 2 days'],
    ['2025-01-01T00:00:00Z', 'last year'],
  ])('%s is %s', (when, words) => expect(relativeTime(new Date(when), 'en', now)).toBe(words));
});
