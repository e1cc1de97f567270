// SPDX-License-Identifier: Apache-2.0
// The open details live in the address: `?open=<id>`.
import { route, setQuery } from '../../ui/router.svelte';

export function opened(): string | null {
  return route.query.get('open');
}

/** The present view with the details of `id` open. */
export function openHref(id: string): string {
  const query = route.query;
  query.set('open', id);
  query.delete('do');
  return `${route.path}?${query}`;
}

export function openPanel(id: string): void {
  void setQuery({ open: id, do: null });
}

export function closePanel(): void {
  void setQuery({ open: null });
}

/** Dialogs that can be linked to: `?do=invite`. */
export function doing(act: string): boolean {
  return route.query.get('do') === act;
}

export function begin(act: string): void {
  void setQuery({ do: act });
}

export function finish(): void {
  void setQuery({ do: null }, { replace: true });
}
