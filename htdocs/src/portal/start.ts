// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import { announceRenewal } from '../api/session.svelte';
import { startRouter } from '../ui/router.svelte';
import App from './App.svelte';
import { isOwnPath } from './pages';

if (!announceRenewal()) {
  startRouter(isOwnPath, { later: true });
  mount(App, { target: document.getElementById('app')! });
}
