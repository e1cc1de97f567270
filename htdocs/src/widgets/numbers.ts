// SPDX-License-Identifier: Apache-2.0
// Numbers of tiles and charts: as text, as heights, as parts of a ring. Pure, so that it can be tested.
import type { Schema } from '../api/types';

type Chart = NonNullable<Schema<'WidgetData'>['chart']>;
export type Format = Pick<Chart, 'decimals' | 'currency' | 'percent'>;

export interface Bar {
  key: string;
  label: string;
  value: number;
}

/** "1,234.50 €", "12 %": percentages are held as they are said. */
export function numberText(value: number, format: Format, locale: string): string {
  const digits = { minimumFractionDigits: format.decimals, maximumFractionDigits: format.decimals };
  if (format.currency) return new Intl.NumberFormat(locale, { style: 'currency', currency: format.currency, ...digits }).format(value);
  const text = new Intl.NumberFormat(locale, digits).format(value);
  return format.percent ? `${text} %` : text;
}

/** "1.2K" where there is little room. */
export function shortText(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(value);
}

/** "Nov 2026" of "2026-11". */
export function monthText(key: string, locale: string, short = false): string {
  const [year, month] = key.split('-').map(Number);
  const style = short ? ({ month: 'short', year: '2-digit' } as const) : ({ month: 'long', year: 'numeric' } as const);
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: 'UTC' }).format(Date.UTC(year ?? 0, (month ?? 1) - 1));
}

/** Round marks from below the least to above the most of VALUES, 0 among them. */
export function ticksOf(values: number[], wanted = 4): number[] {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const span = most - least || 1;
  const rough = 10 ** Math.floor(Math.log10(span / wanted));
  const step = [1, 2, 5, 10].map((n) => n * rough).find((s) => span / s <= wanted) ?? 10 * rough;
  const whole = values.every(Number.isInteger) ? Math.max(1, step) : step;
  const ticks: number[] = [];
  for (let n = Math.floor(least / whole); n <= Math.ceil(most / whole) || ticks.length < 2; n++) ticks.push(Number((n * whole).toPrecision(12)));
  return ticks;
}

/** Every which label is written where COUNT labels of PIXELS each share WIDTH. */
export function labelEvery(count: number, width: number, pixels = 58): number {
  return Math.max(1, Math.ceil((count * pixels) / Math.max(width, 1)));
}

export interface Slice extends Bar {
  /** Turns from the top, 0 to 1. */
  from: number;
  until: number;
}

/** A ring can show parts of a whole only: nothing below zero, and something at all. */
export function fitsRing(bars: Bar[]): boolean {
  return bars.every((b) => b.value >= 0) && bars.some((b) => b.value > 0);
}

/** The parts of a ring, the largest first, no more than MOST: the rest are one. */
export function slicesOf(bars: Bar[], others: string, most = 7): Slice[] {
  const sorted = bars.filter((b) => b.value > 0).sort((a, b) => b.value - a.value);
  const shown = sorted.length > most ? sorted.slice(0, most - 1) : sorted;
  const left = sorted.slice(shown.length).reduce((sum, b) => sum + b.value, 0);
  const all = left ? [...shown, { key: '…', label: others, value: left }] : shown;
  const total = all.reduce((sum, b) => sum + b.value, 0);
  let at = 0;
  return all.map((b) => {
    const from = at;
    at += b.value / total;
    return { ...b, from, until: at };
  });
}

/** The path of a part of a ring around (0, 0). A whole ring is two halves. */
export function ringPath(from: number, until: number, outer: number, inner: number): string {
  if (until - from > 0.9999) return `${ringPath(0, 0.5, outer, inner)} ${ringPath(0.5, 1, outer, inner)}`;
  const point = (turn: number, radius: number) =>
    `${(Math.sin(turn * 2 * Math.PI) * radius).toFixed(2)} ${(-Math.cos(turn * 2 * Math.PI) * radius).toFixed(2)}`;
  const far = until - from > 0.5 ? 1 : 0;
  return `M ${point(from, outer)} A ${outer} ${outer} 0 ${far} 1 ${point(until, outer)} L ${point(until, inner)} A ${inner} ${inner} 0 ${far} 0 ${point(from, inner)} Z`;
}
