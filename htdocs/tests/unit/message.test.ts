// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import de from '../../src/i18n/de.json';
import en from '../../src/i18n/en.json';
import enConsole from '../../src/i18n/en-console.json';
import enForms from '../../src/i18n/en-forms.json';
import enInstances from '../../src/i18n/en-instances.json';
import enPortal from '../../src/i18n/en-portal.json';
import enTable from '../../src/i18n/en-table.json';
import enWidgets from '../../src/i18n/en-widgets.json';
import { formatMessage } from '../../src/model/message';

describe('messages', () => {
  const rows = '{count, plural, =0 {no rows} one {# row} other {# rows of {name}}}';
  it.each([
    [0, 'no rows'],
    [1, '1 row'],
    [1234, '1,234 rows of x'],
  ])('counts %d', (count, text) => expect(formatMessage(rows, { count, name: 'x' }, 'en')).toBe(text));
  it('fills in, formats numbers, and leaves text alone', () => {
    expect(formatMessage('Page {page, number} # {who}', { page: 1234, who: '{x} <b>' }, 'de')).toBe('Page 1.234 # {x} <b>');
    expect(formatMessage('{gone}!', {}, 'en')).toBe('!');
  });
  it('refuses a broken message', () => {
    expect(() => formatMessage('{a', {}, 'en')).toThrow(SyntaxError);
    expect(() => formatMessage('{n, plural, one {x}}', { n: 2 }, 'en')).toThrow(SyntaxError);
  });
});

describe('catalogues', () => {
  const english: Record<string, string> = { ...en, ...enConsole, ...enForms, ...enInstances, ...enPortal, ...enTable, ...enWidgets };
  const names = (message: string) => [...new Set([...message.matchAll(/\{(\w+)[,}]/g)].map((m) => m[1]))].sort();

  it('German has the portal whole, and the same values', () => {
    const german: Record<string, string> = de;
    expect(Object.keys(german).filter((key) => !(key in english))).toEqual([]);
    expect(Object.keys({ ...en, ...enForms, ...enInstances, ...enPortal, ...enTable, ...enWidgets }).filter((key) => !(key in german))).toEqual([]);
    for (const [key, message] of Object.entries(german)) expect([key, names(message)]).toEqual([key, names(english[key]!)]);
  });
  it('every message can be formatted', () => {
    for (const [key, message] of Object.entries({ ...english, ...de })) {
      const values = Object.fromEntries(names(message).map((n) => [n, 2]));
      expect([key, formatMessage(message, values, 'en')]).toEqual([key, expect.any(String)]);
    }
  });
});
