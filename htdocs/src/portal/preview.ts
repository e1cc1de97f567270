// SPDX-License-Identifier: Apache-2.0
// The home page inside the console's form: shows what is typed there, before it is saved.
import { portal } from './state.svelte';

/** What the console sends, `{type: 'b2b-preview', values: {…}}`; absent members stay as they are. */
export interface PreviewValues {
  name?: string;
  color?: string;
  logo_url?: string | null;
  home_cover_url?: string | null;
  contact_name?: string;
  contact_email?: string;
}

const SAFE_IMAGE = /^(blob:|\/(?!\/))/;

function apply(values: PreviewValues): void {
  const session = portal.session;
  if (!session) return;
  const brand = { ...session.portal, contact: { ...session.portal.contact } };
  if (typeof values.name === 'string') brand.name = values.name;
  if (typeof values.color === 'string' && /^#[0-9a-f]{6}$/i.test(values.color)) brand.color = values.color;
  for (const member of ['logo_url', 'home_cover_url'] as const) {
    const url = values[member];
    if (url === null || url === '') brand[member] = null;
    else if (url !== undefined && SAFE_IMAGE.test(url)) brand[member] = url;
  }
  if (values.contact_name !== undefined) brand.contact.name = values.contact_name;
  if (values.contact_email !== undefined) brand.contact.email = values.contact_email;
  portal.session = { ...session, portal: brand };
}

/** Listens to the page around it, and to nobody else; returns the way to stop. */
export function listenToConsole(): () => void {
  function heard(event: MessageEvent) {
    if (event.origin !== location.origin || event.source !== window.parent) return;
    if (event.data?.type === 'b2b-preview' && typeof event.data.values === 'object') apply(event.data.values);
  }
  /* Links lead nowhere here: the preview is to be looked at. */
  function clicked(event: MouseEvent) {
    if ((event.target as Element).closest('a, button')) {
      event.preventDefault();
      event.stopPropagation();
    }
  }
  addEventListener('message', heard);
  addEventListener('click', clicked, true);
  window.parent.postMessage({ type: 'b2b-preview-ready' }, location.origin);
  return () => {
    removeEventListener('message', heard);
    removeEventListener('click', clicked, true);
  };
}
