// SPDX-License-Identifier: Apache-2.0
// The end of a session keeps every keystroke: calls wait while one signs in again in another window.

const CHANNEL = 'b2b-session';
const RENEW = 'session-renewed';

class SessionState {
  /** True while the page waits for a new sign-in; SessionDialog shows it. */
  expired = $state(false);
  /** Somebody else signed in meanwhile: what is on the page is not theirs to save. */
  changed = $state(false);
}

export const session = new SessionState();

/** Whose page this is; their calls are never sent again as somebody else. */
let owner: string | undefined;
let waiting: ((signedIn: boolean) => void)[] = [];
let channel: BroadcastChannel | undefined;

function finish(signedIn: boolean): void {
  session.expired = false;
  const resolvers = waiting;
  waiting = [];
  for (const resolve of resolvers) resolve(signedIn);
}

/** Told by the client of each answer of `/session`. */
export function rememberOwner(answer: { member?: { id: string }; user?: { id: string } }): void {
  owner ??= answer.member?.id ?? answer.user?.id;
}

/* There may be no session yet, or one of another person: then nothing is sent. */
async function check(): Promise<void> {
  try {
    const response = await fetch('/api/v1/session', { headers: { Accept: 'application/json' } });
    if (response.status === 401) return;
    const answer = response.ok ? await response.json() : {};
    const now = answer.member?.id ?? answer.user?.id;
    if (owner !== undefined && now !== owner) {
      session.changed = true;
      return;
    }
  } catch {
    return;
  }
  finish(true);
}

/** Called with each 401: resolves true once there is a session again, false if the user gives up. */
export function waitForSession(): Promise<boolean> {
  if (!channel && typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event) => {
      if (event.data === RENEW && session.expired) void check();
    };
  }
  session.changed = false;
  session.expired = true;
  return new Promise((resolve) => waiting.push(resolve));
}

/** The address, a page of our own, that makes the server ask for a sign-in and then comes back. */
export function signInAgain(): void {
  window.open(`/?${RENEW}=1`, '_blank', 'popup,width=520,height=720');
}

/** The user says they signed in, in a window that could not tell us. */
export function sessionRenewed(): void {
  void check();
}

/** The user gives up: the waiting calls fail with their 401. */
export function sessionAbandoned(): void {
  finish(false);
}

/**
 * Run first by both applications: in the window that signInAgain() opened this tells the waiting
 * page and closes. Returns true when the application need not start.
 */
export function announceRenewal(): boolean {
  if (!new URLSearchParams(location.search).has(RENEW)) return false;
  new BroadcastChannel(CHANNEL).postMessage(RENEW);
  window.close();
  /* A browser that does not let the window close itself shows the ordinary page. */
  history.replaceState(null, '', '/');
  return window.closed;
}
