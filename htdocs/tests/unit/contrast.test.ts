// SPDX-License-Identifier: Apache-2.0
// Contrast by construction: the clamps of styles/tokens.css, over a cube of 4,913 brand colours.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrast, oklchOf, parseColour, rgbOf, rgbOfOklch, type Oklch, type Rgb } from '../../src/model/colour';

const css = readFileSync(resolve(import.meta.dirname, '../../styles/tokens.css'), 'utf8');

/** The two sides of a token: `--name: light-dark(a, b)` or one value for both. */
function sides(name: string): [string, string] {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1]?.replace(/\s+/g, ' ').trim();
  if (!value) throw new Error(`tokens.css has no --${name}`);
  const inner = /^light-dark\((.*)\)$/.exec(value)?.[1];
  if (!inner) return [value, value];
  let depth = 0;
  for (let i = 0; i < inner.length; i++) {
    if (inner[i] === '(') depth++;
    if (inner[i] === ')') depth--;
    if (inner[i] === ',' && depth === 0) return [inner.slice(0, i).trim(), inner.slice(i + 1).trim()];
  }
  throw new Error(`cannot read --${name}`);
}

function component(expression: string, l: number, c: number, h: number): number {
  const text = expression.trim();
  const call = /^(min|max|clamp)\((.*)\)$/.exec(text);
  if (call) {
    const values = call[2]!.split(',').map((part) => component(part, l, c, h));
    if (call[1] === 'min') return Math.min(...values);
    if (call[1] === 'max') return Math.max(...values);
    return Math.min(Math.max(values[1]!, values[0]!), values[2]!);
  }
  const product = /^l \* ([\d.]+)$/.exec(text);
  if (product) return l * Number(product[1]);
  const known = { l, c, h }[text] ?? Number(text);
  if (Number.isNaN(known)) throw new Error(`cannot compute ${text}`);
  return known;
}

/** Splits `min(l, 0.5) c h` at the blanks outside of parentheses. */
const parts = (text: string) => text.match(/[a-z]+\([^()]*\)|[^\s]+/g)!;

function compute(value: string, portal: Oklch): Rgb {
  if (value.startsWith('#')) return rgbOf(value);
  const [l, c, h] = parts(/^oklch\(from var\(--portal\) (.*)\)$/.exec(value)![1]!);
  return rgbOfOklch([l, c, h].map((part) => component(part!, ...portal)) as Oklch);
}

const levels = Array.from({ length: 17 }, (_, i) => Math.min(255, i * 16));
const cube = levels.flatMap((r) => levels.flatMap((g) => levels.map((b): Rgb => [r / 255, g / 255, b / 255])));

function worst(front: string, back: string, side: 0 | 1): number {
  const [f, b] = [front, back].map((n) => (n.startsWith('#') ? n : sides(n)[side])) as [string, string];
  return Math.min(
    ...cube.map((rgb) => {
      const portal = oklchOf(rgb);
      return contrast(compute(f, portal), compute(b, portal));
    }),
  );
}

const text = 4.5;
const edge = 3;
const pairs: [front: string, back: string, least: number][] = [
  ['#ffffff', 'brand', text],
  ['#ffffff', 'brand-strong', text],
  ['#ffffff', 'brand-deep', text],
  ['brand-text', 'surface', text],
  ['brand-text', 'surface-2', text],
  ['brand-text', 'page', text],
  ['brand-text', 'brand-tint', text],
  ['text', 'brand-tint', text],
  ['text-2', 'brand-tint', text],
  ['text', 'surface', 7],
  ['text-2', 'surface', text],
  ['text-2', 'surface-2', text],
  ['text-2', 'page', text],
  ['line-strong', 'surface', edge],
  ['ok', 'ok-tint', text],
  ['warn', 'warn-tint', text],
  ['bad', 'bad-tint', text],
  ['bad', 'surface', text],
  ['text', 'bad-tint', text],
  ['text', 'warn-tint', text],
  ['text', 'ok-tint', text],
  ['#ffffff', 'bad-solid', text],
  ['inverse-text', 'inverse', text],
];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('%s', (_name, side) => {
  it.each(pairs)('%s on %s has at least %s', (front, back, least) => {
    expect(worst(front, back, side)).toBeGreaterThanOrEqual(least);
  });
});

describe('colour arithmetic', () => {
  it('agrees with known values', () => {
    expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21, 5);
    const [l, c] = oklchOf(rgbOf('#ff0000'));
    expect(l).toBeCloseTo(0.628, 3);
    expect(c).toBeCloseTo(0.2577, 3);
    const back = rgbOfOklch(oklchOf(rgbOf('#1f5fae')));
    rgbOf('#1f5fae').forEach((v, i) => expect(back[i]).toBeCloseTo(v, 4));
  });
  it.each([
    ['#abc', '#aabbcc'],
    [' 1F5fAe ', '#1f5fae'],
    ['#12345', null],
    ['red', null],
    ['#1f5fae;', null],
  ])('reads %j', (typed, colour) => expect(parseColour(typed)).toBe(colour));
});
