// SPDX-License-Identifier: Apache-2.0
// The same cases as the server's (tests/vectors/): the two must never disagree.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Field, Value, Values } from '../../src/forms/document';
import { parseNumber, writeNumber } from '../../src/forms/numbers';
import { checkPattern, matchPattern, patternLength } from '../../src/forms/pattern';
import { namesNoUser, readSecurity } from '../../src/forms/security';
import { formState, holds } from '../../src/forms/state';
import { toLocal, toMoment } from '../../src/forms/times';
import { defaults, fillProblems, formChanges } from '../../src/forms/values';

/* In the working copy below a build folder the vectors lie beside the contract. */
const folder = process.env['B2B_VECTORS'] ?? resolve(import.meta.dirname, '../../../tests/vectors');
const vectors = (name: string) => JSON.parse(readFileSync(resolve(folder, `${name}.json`), 'utf8'));

describe('patterns', () => {
  type Vector = { pattern: string; text?: string; match?: boolean; refused?: number; max_length?: number; fits?: boolean };
  for (const v of vectors('patterns') as Vector[]) {
    if (v.fits !== undefined) {
      it(`${JSON.stringify(v.pattern).slice(0, 60)} ${v.fits ? 'fits' : 'does not fit'} texts of ${v.max_length}`, () => {
        expect(v.max_length! <= patternLength(v.pattern)).toBe(v.fits);
      });
    } else if (v.refused === undefined) {
      it(`${JSON.stringify(v.pattern).slice(0, 60)} ${v.match ? 'matches' : 'does not match'} ${JSON.stringify(v.text).slice(0, 60)}`, () => {
        expect(checkPattern(v.pattern)).toBeNull();
        expect(matchPattern(v.pattern, v.text!)).toBe(v.match);
      });
    } else {
      it(`${JSON.stringify(v.pattern).slice(0, 60)} is refused at ${v.refused}`, () => {
        expect(checkPattern(v.pattern)?.position).toBe(v.refused);
      });
    }
  }
  it('cannot explode', () => {
    const began = performance.now();
    expect(matchPattern('(a+)+b', 'a'.repeat(20000))).toBe(false);
    expect(matchPattern('(a|a)*(a|a)*(a|a)*c', 'a'.repeat(20000))).toBe(false);
    expect(matchPattern('((((((((((){200}){200}){200}){200}){200}){200}){200}){200}){200}){200}', '')).toBe(true);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

describe('conditions', () => {
  const { terms, states } = vectors('conditions') as {
    terms: { field: Field; of: Value; is: 'equals'; value?: never; holds: boolean }[];
    states: { about: string; fields: Field[]; values: Values; shown: string[]; required: string[]; locked: string[] }[];
  };
  for (const v of terms) {
    it(`${v.field.type} ${JSON.stringify(v.of)} ${v.is} ${JSON.stringify(v.value) ?? ''}: ${v.holds}`, () => {
      const term = { field: v.field.name, is: v.is, ...('value' in v ? { value: v.value } : {}) };
      const held = holds(term, () => v.of, () => v.field);
      expect(held).toBe(v.holds);
    });
  }
  for (const v of states) {
    it(v.about, () => {
      const state = Object.entries(formState(v, v.values));
      const those = (what: 'shown' | 'required' | 'locked') => state.filter(([, s]) => s[what]).map(([name]) => name);
      expect({ shown: those('shown'), required: those('required'), locked: those('locked') }).toEqual({
        shown: v.shown,
        required: v.required,
        locked: v.locked,
      });
    });
  }
});

describe('security', () => {
  const { securities } = vectors('security') as {
    securities: { about: string; security: unknown; mode: string; users: object; nobody: boolean }[];
  };
  for (const v of securities) {
    it(v.about, () => {
      const read = readSecurity(v.security);
      expect({ mode: read.mode, users: read.users }).toEqual({ mode: v.mode, users: v.users });
      expect(namesNoUser(read)).toBe(v.nobody);
    });
  }
});

describe('values', () => {
  const all = vectors('values') as {
    values: { field: Field; value: Value; save: boolean; submit: boolean }[];
    problems: { about: string; fields: Field[]; values: Values; complete: boolean; refused: string[] }[];
  };
  for (const v of all.values) {
    const form = { fields: [v.field] };
    const values = { [v.field.name]: v.value };
    it(`${JSON.stringify(v.field).slice(0, 120)} takes ${JSON.stringify(v.value).slice(0, 80)}: ${v.save}, ${v.submit}`, () => {
      expect(fillProblems(form, values).length === 0).toBe(v.save);
      expect(fillProblems(form, values, { complete: true }).length === 0).toBe(v.submit);
    });
  }
  for (const v of all.problems) {
    it(v.about, () => {
      const places = fillProblems(v, v.values, { complete: v.complete }).map((p) => p.field);
      expect([...new Set(places)].sort()).toEqual([...v.refused].sort());
    });
  }
});

describe('numbers as they are written', () => {
  it.each([
    ['1,234.5', 'en', 1234.5],
    ['1234,5', 'en', 1234.5],
    ['1,234', 'en', 1234],
    ['1,23', 'en', 1.23],
    ['1.234,5', 'de', 1234.5],
    ['1234.5', 'de', 1234.5],
    ['1.234', 'de', 1234],
    ['12,5', 'de', 12.5],
    [' 1 234,5 ', 'fr', 1234.5],
    ['−3', 'en', -3],
    ['.5', 'en', 0.5],
    ['', 'en', null],
    ['12a', 'en', '12a'],
    ['1,2,3', 'en', '1,2,3'],
    ['1.2.3', 'en', '1.2.3'],
    ['-', 'en', '-'],
  ])('%j in %s', (text, locale, value) => expect(parseNumber(text, locale)).toBe(value));
  it('are read again as they were shown', () => {
    for (const locale of ['en', 'de', 'fr', 'de-CH']) {
      for (const value of [0, -1234567.25, 999999999999, 0.000001]) expect(parseNumber(writeNumber(value, locale), locale)).toBe(value);
    }
  });
});

describe('moments', () => {
  it('come back as they were', () => expect(toMoment(toLocal('2026-11-24T07:30:05Z'))).toBe('2026-11-24T07:30:05Z'));
  it('of nonsense are none', () => expect([toLocal('x'), toMoment('')]).toEqual(['', null]));
});

describe('what is sent', () => {
  const fields: Field[] = [
    { name: 'a', title: 'A', type: 'text', default: 'x' },
    { name: 'b', title: 'B', type: 'toggle' },
    { name: 'c', title: 'C', type: 'text', shown_when: { field: 'b', is: 'equals', value: true } },
    { name: 'd', title: 'D', type: 'text', read_only: true, default: 'r' },
    { name: 'h', type: 'heading', text: 'H' },
  ];
  it('begins with the defaults', () => expect(defaults({ fields })).toEqual({ a: 'x', d: 'r' }));
  it('is what changed, is shown and not locked', () => {
    expect(formChanges({ fields }, { a: 'x', c: 'old' }, { a: '', b: false, c: 'new', d: 'other' })).toEqual({ a: null, b: false });
    expect(formChanges({ fields }, { a: 'x' }, { a: 'x', b: true, c: 'new' })).toEqual({ b: true, c: 'new' });
    expect(formChanges({ fields }, { a: null }, { a: '' })).toEqual({});
  });
});
