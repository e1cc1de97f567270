// SPDX-License-Identifier: Apache-2.0
// The part of ICU's message syntax that the catalogues use: `{name}`, `{count, number}` and
// `{count, plural, =0 {none} one {# row} other {# rows}}`. The whole of ICU costs half the portal's budget.

export type Values = Record<string, string | number | null | undefined>;

/** The position after the brace that closes the one before `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
  }
  if (depth > 0) throw new SyntaxError(`message without closing brace: ${text}`);
  return at;
}

export function formatMessage(message: string, values: Values, locale: string, counted?: number): string {
  let result = '';
  let at = 0;
  while (at < message.length) {
    const c = message[at++]!;
    if (c === '#' && counted !== undefined) {
      result += new Intl.NumberFormat(locale).format(counted);
    } else if (c === '{') {
      const end = closing(message, at);
      result += formatArgument(message.slice(at, end - 1), values, locale);
      at = end;
    } else {
      result += c;
    }
  }
  return result;
}

function formatArgument(argument: string, values: Values, locale: string): string {
  const [, name = '', kind, rest = ''] = /^\s*(\w+)\s*(?:,\s*(\w+)\s*(?:,\s*([^]*))?)?$/.exec(argument) ?? [];
  const value = values[name];
  if (kind === 'number') return new Intl.NumberFormat(locale).format(Number(value));
  if (kind === 'plural') {
    const number = Number(value);
    const forms = pluralForms(rest);
    const form = forms[`=${number}`] ?? forms[new Intl.PluralRules(locale).select(number)] ?? forms['other'];
    if (form === undefined) throw new SyntaxError(`plural without other: ${argument}`);
    return formatMessage(form, values, locale, number);
  }
  return String(value ?? '');
}

function pluralForms(text: string): Record<string, string> {
  const forms: Record<string, string> = {};
  let at = 0;
  for (;;) {
    const head = /^\s*(=?\w+)\s*\{/.exec(text.slice(at));
    if (!head) return forms;
    const start = at + head[0].length;
    const end = closing(text, start);
    forms[head[1]!] = text.slice(start, end - 1);
    at = end;
  }
}
