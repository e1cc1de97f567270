// SPDX-License-Identifier: Apache-2.0
// Which page an address shows. Each is fetched when it is wanted, and the first one while the session is still asked for.
import type { Component } from 'svelte';
import { match } from '../ui/router.svelte';
import { PREVIEW_PATH } from './paths';

type Params = Record<string, string>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loader = () => Promise<{ default: Component<any> }>;

const table: [string, Loader][] = [
  ['/', () => import('./Home.svelte')],
  [PREVIEW_PATH, () => import('./Home.svelte')],
  ['/me', () => import('./Me.svelte')],
  ['/dashboards/:id', () => import('./Dashboard.svelte')],
];

export interface Place {
  params: Params;
  load: Loader;
}

export function placeOf(path: string): Place | null {
  for (const [pattern, load] of table) {
    const params = match(pattern, path);
    if (params) return { params, load };
  }
  return null;
}
