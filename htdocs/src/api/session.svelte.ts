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

let waiting: ((signedIn: boolean) => void)[] = [];
let channel: BroadcastChannel | undefined;

function finish(signedIn: boolean): void {
  session.expired = false;
  const resolvers = waiting;
  waiting = [];
  for (const resolve of resolvers) resolve(signedIn);
}

/** Called with each 401: resolves true once there is a session again, false if the user gives up. */
export function waitForSession(): Promise<boolean> {
  if (!channel && typeof BroadcastChannel !== 'undefined') {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event) => {
      if (event.data === RENEW && session.expired) finish(true);
    };
  }
  session.expired = true;
  return new Promise((resolve) => waiting.push(resolve));
}

/** The address, a page of our own, that makes the server ask for a sign-in and then comes back. */
export function signInAgain(): void {
  window.open(`/?${RENEW}=1`, '_blank', 'popup,width=520,height=720');
}

/** The user says they signed in (in a window that could not tell us), or gives up. */
export function sessionRenewed(): void {
  finish(true);
}

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
