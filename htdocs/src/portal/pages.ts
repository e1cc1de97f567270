// SPDX-License-Identifier: Apache-2.0
// The addresses that are pages of the portal, and what they show; every other one belongs to the sysadmin's own content.
// Each page is fetched when it is wanted. Nothing is imported here: it is looked at before the application has come.
import type { Component } from 'svelte';

type Params = Record<string, string>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loader = () => Promise<{ default: Component<any> }>;

/** The page on the console that shows a home page with values that are not saved yet. */
export const PREVIEW_PATH = '/preview/home';

const instance: Loader = () => import('./instances/InstancePage.svelte');

/* The parts of an address, `:name` for one that changes; and what of the API such a page asks first. */
const table: [string, Loader, ((params: Params) => string)?][] = [
  ['/', () => import('./Home.svelte')],
  [PREVIEW_PATH, () => import('./Home.svelte')],
  ['/me', () => import('./Me.svelte')],
  ['/dashboards/:id', () => import('./Dashboard.svelte')],
  ['/instances', () => import('./instances/InstancesPage.svelte')],
  ['/instances/:instance', instance, (p) => `/instances/${p['instance']}`],
  ['/shared-processes/:share', () => import('./shares/SharePage.svelte')],
  ['/shared-processes/:share/:process/new', instance, (p) => `/shared-processes/${p['share']}/processes/${p['process']}`],
];

export interface Place {
  params: Params;
  load: Loader;
  /** The path of the API that the page asks first. */
  asks?: string;
}

function fits(pattern: string, path: string): Params | null {
  const want = pattern.split('/').filter(Boolean);
  const have = path.split('/').filter(Boolean);
  if (have.length !== want.length) return null;
  const params: Params = {};
  for (const [i, piece] of want.entries()) {
    const value = have[i]!;
    if (piece.startsWith(':')) params[piece.slice(1)] = value;
    else if (piece !== value) return null;
  }
  return params;
}

export function placeOf(path: string): Place | null {
  for (const [pattern, load, asks] of table) {
    const params = fits(pattern, path);
    if (params) return { params, load, ...(asks ? { asks: asks(params) } : {}) };
  }
  return null;
}

export function isOwnPath(path: string): boolean {
  return path !== PREVIEW_PATH && placeOf(path) !== null;
}
