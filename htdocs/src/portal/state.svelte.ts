// SPDX-License-Identifier: Apache-2.0
// What every page of the portal knows: who is signed in, the brand, what can be opened.
import { api, ask } from '../api/client';
import type { Schema } from '../api/types';
import { setLocale } from '../i18n/index.svelte';
import { focusHeading } from '../ui/router.svelte';
import { PREVIEW_PATH } from './pages';

export type MemberSession = Schema<'MemberSession'>;
export type OwnDashboard = Schema<'OwnDashboard'>;

export const previewing = location.pathname === PREVIEW_PATH;

class PortalState {
  session = $state.raw<MemberSession | null>(null);
  dashboards = $state.raw<OwnDashboard[] | null>(null);
  /** Why there is no session or no list of dashboards. */
  problem = $state.raw<unknown>(null);
  /** What the page is called, for the window's title. */
  title = $state('');
  /** A page was gone to, and its heading has not been reached. */
  arriving = false;
}

export const portal = new PortalState();

async function fetchSession(): Promise<MemberSession> {
  if (previewing) {
    const query = Object.fromEntries(new URLSearchParams(location.search));
    return (await ask(api.GET('/preview/session', { params: { query } }))).data;
  }
  return (await ask(api.GET('/session'))).data as MemberSession;
}

async function fetchDashboards(): Promise<OwnDashboard[]> {
  const all: OwnDashboard[] = [];
  let after: string | undefined;
  do {
    const query = { limit: 200, ...(after ? { after } : {}) };
    const own = previewing ? Object.fromEntries(new URLSearchParams(location.search)) : {};
    const call = previewing
      ? api.GET('/preview/dashboards', { params: { query: { ...own, ...query } } })
      : api.GET('/dashboards', { params: { query } });
    const page = (await ask(call as Promise<{ data?: unknown; response: Response }>)).data as Schema<'OwnDashboardList'>;
    all.push(...page.data);
    after = page.paging.next?.after;
  } while (after);
  return all;
}

/** Who is signed in; a page that is already there stays while it is fetched again. */
export async function loadPortal(): Promise<void> {
  portal.problem = null;
  try {
    const session = await fetchSession();
    await setLocale(session.member.locale || 'en');
    portal.session = session;
    if (dashboardsAsked) await fetchAgain();
  } catch (thrown) {
    portal.problem = thrown;
  }
}

let dashboardsAsked = false;

async function fetchAgain(): Promise<void> {
  try {
    portal.dashboards = await fetchDashboards();
  } catch (thrown) {
    portal.problem = thrown;
  }
}

/** Called by the pages that show dashboards; fetched once. */
export function wantDashboards(): void {
  if (dashboardsAsked) return;
  dashboardsAsked = true;
  void fetchAgain();
}

/** Called by a page when its heading is there: a page that was gone to begins at it, for eyes and screen readers. */
export function arrived(): void {
  if (!portal.arriving) return;
  portal.arriving = false;
  focusHeading();
}
