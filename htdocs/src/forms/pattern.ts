// SPDX-License-Identifier: Apache-2.0
// Patterns of text fields: a subset of regular expressions that means the same here and in the server
// (mod_b2bportal/forms/pattern.c) and cannot explode. Whole match, over code points; run by going through all states
// at once, so that the time is at most states × length.

const MAX_COUNT = 200;
const MAX_NESTING = 10;
const MAX_STATES = 2000;
const MAX_STEPS = 4_000_000; // states × max_length of a field

type Ranges = [number, number][];
/** `size`: how many states it needs, by the rules of tests/vectors/README.md. */
type Node = { size: number } & (
  | { kind: 'set'; ranges: Ranges; negated: boolean }
  | { kind: 'sequence' | 'either'; parts: Node[] }
  | { kind: 'repeat'; part: Node; min: number; max: number | null }
);

/** `position`: which character is wrong (code points, counted from 1), 0 for the pattern as a whole. */
class Refusal extends Error {
  readonly position: number;

  constructor(position: number, why: string) {
    super(position ? `Character ${position} of the pattern ${why}.` : `The pattern ${why}.`);
    this.position = position;
  }
}

const DIGIT: Ranges = [[48, 57]];
const WORD: Ranges = [[48, 57], [65, 90], [95, 95], [97, 122]];
const SPACE: Ranges = [[9, 10], [32, 32]];
const LAST = 0x10ffff;
const ESCAPABLE = '.\\+*?()[]{}|^$/-';

function invert(ranges: Ranges): Ranges {
  const result: Ranges = [];
  let from = 0;
  for (const [a, b] of ranges) {
    if (a > from) result.push([from, a - 1]);
    from = b + 1;
  }
  result.push([from, LAST]);
  return result;
}

function sum(parts: Node[]): number {
  return Math.min(
    parts.reduce((all, part) => all + part.size, 0),
    MAX_STATES + 1,
  );
}

function repeatedSize(size: number, min: number, max: number | null): number {
  if (size === 0) return 0;
  if (max !== null) return Math.min(min * size + (max - min) * (size + 1), MAX_STATES + 1);
  return Math.min(min === 0 ? size + 2 : min * size + 1, MAX_STATES + 1);
}

class Parser {
  #chars: number[];
  #at = 0;
  #depth = 0;

  constructor(pattern: string) {
    this.#chars = Array.from(pattern, (c) => c.codePointAt(0)!);
    const control = this.#chars.findIndex((c) => c < 0x20 || c === 0x7f);
    if (control >= 0) this.#refuse('is a control character', control);
    /* The anchors mean nothing: the whole text is meant anyway. */
    if (this.#chars[0] === 94) this.#at = 1;
    const slashes = /(\\*)\$$/.exec(pattern)?.[1]?.length ?? 1;
    if (slashes % 2 === 0 && this.#chars.length > this.#at) this.#chars.pop();
  }

  whole(): Node {
    const node = this.#either();
    if (this.#at < this.#chars.length) this.#refuse('closes a group that was not begun');
    if (node.size > MAX_STATES) throw new Refusal(0, 'is too complex');
    return node;
  }

  #peek(): string | undefined {
    const c = this.#chars[this.#at];
    return c === undefined ? undefined : String.fromCodePoint(c);
  }

  #refuse(why: string, at = this.#at): never {
    throw new Refusal(at + 1, why);
  }

  #either(): Node {
    const parts = [this.#sequence()];
    while (this.#peek() === '|') {
      this.#at++;
      parts.push(this.#sequence());
    }
    const size = sum(parts) + 2 * (parts.length - 1);
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts, size };
  }

  #sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      const c = this.#peek();
      if (c === undefined || c === '|' || c === ')') return { kind: 'sequence', parts, size: sum(parts) };
      parts.push(this.#repeated());
    }
  }

  #repeated(): Node {
    const part = this.#atom();
    const c = this.#peek();
    const signs: Record<string, [number, number | null]> = { '?': [0, 1], '*': [0, null], '+': [1, null] };
    const counts = c === '{' ? this.#braces() : signs[c ?? ''];
    if (!counts) return part;
    if (c !== '{') this.#at++;
    const [min, max] = counts;
    return { kind: 'repeat', part, min, max, size: repeatedSize(part.size, min, max) };
  }

  #braces(): [number, number | null] {
    const at = this.#at;
    const close = this.#chars.indexOf(125, at);
    const inside = close < 0 ? '' : String.fromCodePoint(...this.#chars.slice(at + 1, close));
    const found = /^(\d+)(,(\d+)?)?$/.exec(inside);
    if (!found) this.#refuse('begins a count that is none of {n}, {n,} and {n,m}', at);
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? null : Number(found[3]);
    if (min > MAX_COUNT || (max ?? 0) > MAX_COUNT) this.#refuse(`counts more than ${MAX_COUNT}`, at);
    if (max !== null && max < min) this.#refuse('counts from more to less', at);
    this.#at = close + 1;
    return [min, max];
  }

  #atom(): Node {
    const at = this.#at;
    const c = this.#peek()!;
    this.#at++;
    if (c === '(') {
      if (++this.#depth > MAX_NESTING) this.#refuse('is nested too deeply', at);
      const inner = this.#either();
      if (this.#peek() !== ')') this.#refuse('begins a group that does not end', at);
      this.#at++;
      this.#depth--;
      return inner;
    }
    if (c === '[') return this.#class(at);
    if (c === '.') return { kind: 'set', ranges: [[10, 10]], negated: true, size: 1 };
    if (c === '\\') return { kind: 'set', ranges: this.#escape(at), negated: false, size: 1 };
    if (/[?*+{]/.test(c)) this.#refuse('repeats nothing', at);
    if (/[\]}^$]/.test(c)) this.#refuse(`is "${c}", which needs a "\\" before it`, at);
    const code = c.codePointAt(0)!;
    return { kind: 'set', ranges: [[code, code]], negated: false, size: 1 };
  }

  /** What stands after a backslash. */
  #escape(at: number): Ranges {
    const c = this.#peek();
    if (c === undefined) this.#refuse('is a "\\" with nothing after it', at);
    this.#at++;
    const sets: Record<string, Ranges> = { d: DIGIT, w: WORD, s: SPACE, D: invert(DIGIT), W: invert(WORD), S: invert(SPACE) };
    if (sets[c]) return sets[c];
    if (!ESCAPABLE.includes(c)) this.#refuse(`is "\\${c}", which is not supported`, at);
    const code = c.codePointAt(0)!;
    return [[code, code]];
  }

  #class(at: number): Node {
    const negated = this.#peek() === '^';
    if (negated) this.#at++;
    const ranges: Ranges = [];
    for (let first = true; ; first = false) {
      const c = this.#peek();
      if (c === undefined) this.#refuse('begins a class that does not end', at);
      if (c === ']') {
        if (first) this.#refuse('begins a class that is empty', at);
        this.#at++;
        return { kind: 'set', ranges, negated, size: 1 };
      }
      ranges.push(...this.#member());
    }
  }

  /** A character, a set or a range of a class. */
  #member(): Ranges {
    const at = this.#at;
    const from = this.#one();
    const next = this.#chars[this.#at + 1];
    if (this.#peek() !== '-' || next === undefined || next === 93) return from;
    this.#at++;
    const to = this.#one();
    if (from.length !== 1 || to.length !== 1 || from[0]![0] !== from[0]![1] || to[0]![0] !== to[0]![1]) {
      this.#refuse('begins a range of what is not one character', at);
    }
    if (from[0]![0] > to[0]![0]) this.#refuse('begins a range that runs backwards', at);
    return [[from[0]![0], to[0]![0]]];
  }

  #one(): Ranges {
    const at = this.#at;
    const c = this.#peek()!;
    this.#at++;
    if (c === '\\') return this.#escape(at);
    if (c === '[') this.#refuse('is "[", which needs a "\\" before it', at);
    const code = c.codePointAt(0)!;
    return [[code, code]];
  }
}

interface State {
  /** A character is read here… */
  set?: { ranges: Ranges; negated: boolean };
  /** …or not: then every way on is taken at once. */
  next: number[];
}

/** States from the last to the first: `make(node, next)` gives where NODE begins when NEXT follows it. */
class Program {
  states: State[] = [{ next: [] }];

  #add(state: State): number {
    return this.states.push(state) - 1;
  }

  make(node: Node, next: number): number {
    switch (node.kind) {
      case 'set':
        return this.#add({ set: node, next: [next] });
      case 'sequence':
        return node.parts.reduceRight((to, part) => this.make(part, to), next);
      case 'either':
        return this.#add({ next: node.parts.map((part) => this.make(part, next)) });
      case 'repeat':
        /* Nothing, however often, is nothing: this also bounds the work. */
        return node.part.size ? this.#repeat(node.part, node.min, node.max, next) : next;
    }
  }

  #repeat(part: Node, min: number, max: number | null, next: number): number {
    let to = next;
    if (max === null) {
      to = this.#add({ next: [next] });
      this.states[to]!.next.push(this.make(part, to));
    } else {
      for (let i = min; i < max; i++) to = this.#add({ next: [this.make(part, to), next] });
    }
    for (let i = 0; i < min; i++) to = this.make(part, to);
    return to;
  }
}

interface Compiled {
  states: State[];
  start: number;
  size: number;
}

const cache = new Map<string, Compiled | Refusal>();

function compile(pattern: string): Compiled | Refusal {
  let known = cache.get(pattern);
  if (known === undefined) {
    try {
      const program = new Program();
      const whole = new Parser(pattern).whole();
      const start = program.make(whole, 0);
      known = { states: program.states, start, size: whole.size };
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      known = thrown;
    }
    if (cache.size > 200) cache.clear();
    cache.set(pattern, known);
  }
  return known;
}

/** Why PATTERN is refused, as a sentence, and the character that is wrong; null when it is one of ours. */
export function checkPattern(pattern: string): { message: string; position: number } | null {
  const compiled = compile(pattern);
  return compiled instanceof Refusal ? { message: compiled.message, position: compiled.position } : null;
}

/** How many characters a text may have that is asked for PATTERN: max_length may not be more. */
export function patternLength(pattern: string): number {
  const compiled = compile(pattern);
  return compiled instanceof Refusal || compiled.size === 0 ? Infinity : Math.floor(MAX_STEPS / compiled.size);
}

function takes(set: { ranges: Ranges; negated: boolean }, code: number): boolean {
  return set.ranges.some(([a, b]) => code >= a && code <= b) !== set.negated;
}

/** Whether the whole of TEXT is what PATTERN says; a pattern that is refused matches nothing. */
export function matchPattern(pattern: string, text: string): boolean {
  const compiled = compile(pattern);
  if (compiled instanceof Refusal) return false;
  const { states, start } = compiled;
  const seen = new Int32Array(states.length).fill(-1);
  let step = 0;

  function reach(from: number, into: number[]) {
    const todo = [from];
    while (todo.length) {
      const at = todo.pop()!;
      if (seen[at] === step) continue;
      seen[at] = step;
      const state = states[at]!;
      if (state.set || at === 0) into.push(at);
      else for (const next of state.next) todo.push(next);
    }
  }

  let now: number[] = [];
  reach(start, now);
  for (const c of text) {
    const code = c.codePointAt(0)!;
    step++;
    const after: number[] = [];
    for (const at of now) {
      const state = states[at]!;
      if (state.set && takes(state.set, code)) reach(state.next[0]!, after);
    }
    now = after;
    if (!now.length) return false;
  }
  return now.includes(0);
}
