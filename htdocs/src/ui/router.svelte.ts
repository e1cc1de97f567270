// SPDX-License-Identifier: Apache-2.0
// Real addresses with the history API: deep links survive the sign-in, back works, views live in the URL.
import { tick } from 'svelte';

class Location {
  path = $state(window.location.pathname);
  search = $state(window.location.search);

  get query(): URLSearchParams {
    return new URLSearchParams(this.search);
  }
}

export const route = new Location();

let own: (path: string) => boolean = () => true;
let arrivesLater = false;
type Guard = (to: string) => boolean | Promise<boolean>;
let guards: Guard[] = [];

function sync(): void {
  route.path = window.location.pathname;
  route.search = window.location.search;
}

export interface Going {
  /** Replace the entry of the history instead of adding one. */
  replace?: boolean;
  /** Keep scroll place and focus: for views of the same page. */
  keep?: boolean;
}

export async function navigate(to: string, { replace = false, keep = false }: Going = {}): Promise<void> {
  const url = new URL(to, window.location.href);
  if (url.origin !== window.location.origin || !own(url.pathname)) {
    window.location.assign(url);
    return;
  }
  const samePage = url.pathname === route.path;
  if (!samePage) {
    for (const guard of guards) if (!(await guard(url.pathname))) return;
  }
  if (url.href !== window.location.href) {
    history.replaceState({ ...history.state, y: window.scrollY }, '');
    history[replace ? 'replaceState' : 'pushState'](null, '', url);
  }
  sync();
  if (keep || samePage) return;
  await tick();
  window.scrollTo(0, 0);
  if (!arrivesLater) focusHeading();
}

/** Changes parameters of the present address; null or '' removes one. */
export function setQuery(changes: Record<string, string | null>, options: Going = {}): Promise<void> {
  const query = new URLSearchParams(window.location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const search = query.toString();
  return navigate(window.location.pathname + (search ? `?${search}` : ''), { keep: true, ...options });
}

/** The parameters of a pattern such as `/portals/:portal`, or null; `*` at the end takes the rest. */
export function match(pattern: string, path = route.path): Record<string, string> | null {
  const want = pattern.split('/').filter(Boolean);
  const have = path.split('/').filter(Boolean);
  const rest = want.at(-1) === '*';
  if (rest ? have.length < want.length - 1 : have.length !== want.length) return null;
  const found: Record<string, string> = {};
  for (const [i, piece] of want.entries()) {
    if (piece === '*') break;
    const value = have[i] ?? '';
    if (!piece.startsWith(':')) {
      if (piece !== value) return null;
      continue;
    }
    try {
      found[piece.slice(1)] = decodeURIComponent(value);
    } catch {
      return null;
    }
  }
  return found;
}

/** Asks before the page is left for another one of ours, whose path it is told; returns the way to take it back. */
export function guardLeaving(guard: Guard): () => void {
  guards.push(guard);
  return () => {
    guards = guards.filter((g) => g !== guard);
  };
}

/** A new page begins at its heading, for the eyes and for screen readers. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

/**
 * Begins to take over clicks on links to addresses that `isOwn` calls pages of this application. With `later` its pages
 * come after the address has changed, and reach their headings themselves.
 */
export function startRouter(isOwn: (path: string) => boolean, { later = false } = {}): void {
  own = isOwn;
  arrivesLater = later;
  history.scrollRestoration = 'auto';
  addEventListener('popstate', sync);
  addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a');
    if (!link?.href || (link.target && link.target !== '_self') || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || !own(url.pathname)) return;
    if (url.pathname === window.location.pathname && url.hash) return;
    event.preventDefault();
    void navigate(url.href, { keep: link.dataset['keep'] !== undefined });
  });
}
