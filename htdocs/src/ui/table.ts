// SPDX-License-Identifier: Apache-2.0
// What a DataTable is told. Sorting, searching, filtering and paging happen on the server: a portal may
// have 100,000 members, of which the page never has more than one screenful.
import type { Snippet } from 'svelte';

export interface Column<T> {
  /** Also the server's sort key when `sortable`. */
  key: string;
  label: string;
  /** The label is for screen readers only: a column of buttons. */
  silent?: boolean;
  sortable?: boolean;
  /** How the cell looks; without it, `text`; without that, the row's member of that name. */
  cell?: Snippet<[T]>;
  text?: (row: T) => string;
  /** "number": right-aligned, tabular figures. "tight": as narrow as its content. */
  kind?: 'number' | 'tight';
}

export interface TableFilter {
  /** The server's query parameter, and the address's. */
  name: string;
  label: string;
  choices: { value: string; label: string }[];
  /** Other parameters that mean nothing any more when this one changes. */
  clears?: string[];
  /** What stands for none chosen; default: "All". */
  none?: string;
}

export interface TablePage<T> {
  data: T[];
  paging: { next?: { after: string }; count?: { value: number; at_least: boolean } };
}

/** `limit`, `q`, `sort`, `after` and the filters: fits the `query` of a list operation as it is. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type TableQuery = { limit: number } & Record<string, any>;

/** Next state of a column's sort: ascending, descending, the list's own order. */
export function nextSort(current: string, key: string): string | null {
  if (current === key) return `-${key}`;
  return current === `-${key}` ? null : key;
}

export function ariaSort(current: string, key: string): 'ascending' | 'descending' | 'none' {
  if (current === key) return 'ascending';
  return current === `-${key}` ? 'descending' : 'none';
}
