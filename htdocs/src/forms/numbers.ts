// SPDX-License-Identifier: Apache-2.0
// Numbers as people write them in their language.

function signs(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(12345.6);
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return { decimal: of('decimal') || '.', group: of('group') };
}

/**
 * The number that TEXT says in LOCALE: null for nothing, the text itself when it says none. Groups of three are
 * groups; anything else between digits is the decimal sign, be it a comma or a point.
 */
export function parseNumber(text: string, locale: string): number | string | null {
  const typed = text.trim();
  if (typed === '') return null;
  const plain = typed.replace(/[\s\u00a0\u202f'’]/g, '').replace(/^[\u2212\u2013]/, '-');
  const { decimal } = signs(locale);
  const other = decimal === ',' ? '.' : ',';
  let digits = plain;
  if (plain.includes(decimal) || new RegExp(`^-?\\d{1,3}(\\${other}\\d{3})+$`).test(plain)) {
    const grouped = new RegExp(`^-?(\\d{1,3}(\\${other}\\d{3})+|\\d*)(\\${decimal}\\d*)?$`);
    if (grouped.test(plain)) digits = plain.replaceAll(other, '').replace(decimal, '.');
    else return typed;
  } else digits = plain.replace(other, '.');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(digits)) return typed;
  return Number(digits);
}

/** A number as it is written in a field: the locale's signs, as many places as it has. */
export function writeNumber(value: number, locale: string, least = 0): string {
  return new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: 6 }).format(value);
}
