// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import { announceRenewal } from '../api/session.svelte';
import { startRouter } from '../ui/router.svelte';
import App from './App.svelte';
import { isOwnPath } from './pages';
import { loadPortal } from './state.svelte';

/** How long a page may stay empty, in milliseconds, so that it need not be shown twice. */
const PATIENCE = 100;

async function start() {
  if (announceRenewal()) return;
  startRouter(isOwnPath, { later: true });
  const loaded = loadPortal();
  /* Who is signed in was asked early and is often here by now. */
  await Promise.race([loaded, new Promise((done) => setTimeout(done, PATIENCE))]);
  mount(App, { target: document.getElementById('app')!, props: { loaded } });
}
void start();
