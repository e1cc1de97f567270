// SPDX-License-Identifier: Apache-2.0
// What was typed and is not saved yet, kept beside the page until it is: a reload, a crash of the tab or a sign-in in
// between loses nothing. In the tab's own storage, and only for the person who typed it.
import type { Values } from '../forms/document';

export interface Typed {
  /** When, as ISO text. */
  at: string;
  /** What it was typed over: the version and its values. */
  etag: string;
  base: Values;
  values: Values;
}

const PREFIX = 'b2b-typed:';
const place = (person: string, thing: string) => `${PREFIX}${person}:${thing}`;

export function keepTyped(person: string, thing: string, typed: Typed): void {
  try {
    sessionStorage.setItem(place(person, thing), JSON.stringify(typed));
  } catch {
    /* Full, or no storage: the page itself still has it. */
  }
}

export function typedOf(person: string, thing: string): Typed | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(person, thing)) ?? 'null') as Partial<Typed> | null;
    const whole = kept && typeof kept.at === 'string' && typeof kept.etag === 'string' && kept.base && kept.values;
    return whole ? (kept as Typed) : null;
  } catch {
    return null;
  }
}

export function forgetTyped(person: string, thing: string): void {
  try {
    sessionStorage.removeItem(place(person, thing));
  } catch {
    /* No storage: nothing was kept. */
  }
}

/** What somebody else typed in this tab is not for PERSON. */
export function forgetOthers(person: string): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(PREFIX) && !key.startsWith(place(person, ''))) sessionStorage.removeItem(key);
    }
  } catch {
    /* No storage: nothing was kept. */
  }
}
