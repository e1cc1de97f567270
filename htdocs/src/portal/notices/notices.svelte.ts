// SPDX-License-Identifier: Apache-2.0
// What was given to me lately. Asked for once a minute, only while somebody looks at the page.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';

const EVERY = 60_000;

class Notices {
  list = $state.raw<Schema<'NoticeList'> | null>(null);
}

export const notices = new Notices();

let asked = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/* Not through `api`: the end of a session is to be met by what one does, not while one types. */
async function poll(): Promise<void> {
  asked = Date.now();
  try {
    const response = await fetch('/api/v1/notices?limit=10', { headers: { Accept: 'application/json' } });
    if (response.ok) notices.list = await response.json();
  } catch {
    /* No network: in a minute again. */
  }
}

function next(): void {
  clearTimeout(timer);
  if (document.visibilityState !== 'visible') return;
  timer = setTimeout(() => void poll().then(next), Math.max(0, asked + EVERY - Date.now()));
}

/** Begins to ask; returns the way to stop. */
export function watchNotices(): () => void {
  asked = 0;
  next();
  document.addEventListener('visibilitychange', next);
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', next);
  };
}

/** Asks at once, after something that changes what waits for me. */
export function refreshNotices(): void {
  if (asked) void poll();
}

/** I have seen them: the count goes, the marks stay until the list is asked for again. */
export async function markSeen(): Promise<void> {
  if (!notices.list?.unseen.value) return;
  await ask(api.POST('/notices/seen'));
  if (notices.list) notices.list = { ...notices.list, unseen: { value: 0, at_least: false } };
}
