// SPDX-License-Identifier: Apache-2.0
// Technical names: suggested from a name, checked while typing. The server has the last word.

/** A label of a host name: what `<technical name>.<portal domain>` can carry. */
const SHAPE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const SPELLED: Record<string, string> = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th', '&': ' and ' };

export function suggestTechnicalName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[ßæøœłđðþ&]/g, (c) => SPELLED[c] ?? c)
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/['’]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^xn-+/, '')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
}

export type TechnicalNameFault = 'empty' | 'long' | 'characters' | 'hyphen' | 'xn';

/** What is wrong with a technical name, or null when its form is right. */
export function technicalNameFault(value: string): TechnicalNameFault | null {
  if (value === '') return 'empty';
  if (value.length > 63) return 'long';
  if (/[^a-z0-9-]/.test(value)) return 'characters';
  if (value.startsWith('xn--')) return 'xn';
  return SHAPE.test(value) ? null : 'hyphen';
}
