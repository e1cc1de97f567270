// SPDX-License-Identifier: Apache-2.0
// The console's addresses. Every page is a chunk of its own, fetched when it is first opened.
import type { Component } from 'svelte';
import { match } from '../ui/router.svelte';
import type { Right } from './shared/console.svelte';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Page = Component<any>;

export interface Route {
  pattern: string;
  title: string;
  load: () => Promise<{ default: Page }>;
  /** One of these rights is needed; the server decides anyway, this only spares a useless page. */
  rights?: Right[];
}

const portal = () => import('./portals/Portal.svelte');
const share = () => import('./shares/Share.svelte');
const process = () => import('./processes/Process.svelte');

export const routes: Route[] = [
  { pattern: '/', title: 'Home', load: () => import('./pages/Home.svelte') },
  { pattern: '/portals', title: 'Portals', load: () => import('./portals/Portals.svelte'), rights: ['portals_read'] },
  {
    pattern: '/portals/new',
    title: 'Create portal',
    load: () => import('./portals/CreatePortal.svelte'),
    rights: ['portals_write'],
  },
  {
    pattern: '/portals/:portal/instances/:instance',
    title: 'Instance',
    load: () => import('./instances/HostInstance.svelte'),
  },
  { pattern: '/portals/:portal', title: 'Portal', load: portal, rights: ['portals_read'] },
  { pattern: '/portals/:portal/:section', title: 'Portal', load: portal, rights: ['portals_read'] },
  {
    pattern: '/dashboards',
    title: 'Dashboards',
    load: () => import('./dashboards/Dashboards.svelte'),
    rights: ['dashboards_read'],
  },
  {
    pattern: '/dashboards/:dashboard',
    title: 'Dashboard',
    load: () => import('./dashboards/Dashboard.svelte'),
    rights: ['dashboards_read'],
  },
  {
    pattern: '/shared-processes',
    title: 'Partners and shared processes',
    load: () => import('./shares/Sharing.svelte'),
    rights: ['shares_read'],
  },
  { pattern: '/shared-processes/:share', title: 'Shared process', load: share, rights: ['shares_read'] },
  { pattern: '/shared-processes/:share/:section', title: 'Shared process', load: share, rights: ['shares_read'] },
  { pattern: '/processes', title: 'Processes', load: () => import('./processes/Processes.svelte') },
  { pattern: '/processes/:process', title: 'Process', load: process },
  { pattern: '/processes/:process/:section', title: 'Process', load: process },
  { pattern: '/instances', title: 'Instances', load: () => import('./instances/Instances.svelte') },
  { pattern: '/bin', title: 'Bin', load: () => import('./bin/Bin.svelte'), rights: ['bin_read'] },
  { pattern: '/host/users', title: 'Host users', load: () => import('./host/HostUsers.svelte'), rights: ['host_users_read'] },
  {
    pattern: '/host/groups',
    title: 'Host groups',
    load: () => import('./host/HostGroups.svelte'),
    rights: ['host_users_read'],
  },
  { pattern: '/mail', title: 'Mail', load: () => import('./pages/Mail.svelte'), rights: ['mail_read'] },
  { pattern: '/activity', title: 'Activity', load: () => import('./pages/HostActivity.svelte'), rights: ['audit_read'] },
  { pattern: '/settings', title: 'Settings', load: () => import('./pages/Settings.svelte'), rights: ['settings_read'] },
];

export interface Found {
  route: Route;
  params: Record<string, string>;
}

/** Things have an address of their own, which opens their details beside the list. */
export function canonical(path: string): string | null {
  const thing = match('/portals/:portal/:section/:id', path);
  if (thing && thing['section'] !== 'instances') return `/portals/${thing['portal']}/${thing['section']}?open=${thing['id']}`;
  const host = match('/host/:section/:id', path);
  return host ? `/host/${host['section']}?open=${host['id']}` : null;
}

export function findRoute(path: string): Found | null {
  for (const route of routes) {
    const params = match(route.pattern, path);
    if (params) return { route, params };
  }
  return null;
}

/** Other addresses of this host (the API, sign-out, previews) are left to the server. */
export function isOwnPath(path: string): boolean {
  return findRoute(path) !== null || canonical(path) !== null;
}
