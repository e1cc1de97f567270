// SPDX-License-Identifier: Apache-2.0
// Who is signed in to the console and what this person may do.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';
import { setLocale } from '../../i18n/index.svelte';

export type HostSession = Schema<'HostSession'>;
export type Right = HostSession['rights'][number];

class ConsoleState {
  session = $state.raw<HostSession | null>(null);
  problem = $state.raw<unknown>(null);
  /** What the page is about, for the window's title; pages that set it take it away again. */
  title = $state('');
}

export const me = new ConsoleState();

/** Whether the page may offer something; the server decides again with each request. */
export function can(...rights: Right[]): boolean {
  return rights.some((right) => me.session?.rights.includes(right));
}

/** What the pages of processes are for: a role, or being an administrator of one. */
export function hasProcesses(): boolean {
  return can('processes_read') || !!me.session?.administers_processes;
}

export async function loadSession(): Promise<void> {
  me.problem = null;
  try {
    me.session = (await ask(api.GET('/session'))).data as HostSession;
    const locale = me.session.user.locale ?? me.session.host.locale;
    /* The console's own words are English so far: no mixture of two languages. */
    await setLocale(locale.startsWith('en') ? locale : 'en-GB');
  } catch (thrown) {
    me.problem = thrown;
  }
}

/** Where a portal of this technical name is or would be. */
export function portalUrl(technicalName: string): string {
  const url = (me.session?.portal_url_template ?? '').replace('{technical_name}', technicalName);
  return url.endsWith('/') ? url : `${url}/`;
}

/** For a page's effect: names the window. */
export function titled(title: string): () => void {
  me.title = title;
  return () => {
    if (me.title === title) me.title = '';
  };
}
