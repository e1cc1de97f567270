// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/layout.css';
import '../../styles/parts.css';
import '../../styles/widgets.css';
import '../../styles/portal.css';
import { announceRenewal } from '../api/session.svelte';
import { startRouter } from '../ui/router.svelte';
import App from './App.svelte';
import { isOwnPath } from './paths';

if (!announceRenewal()) {
  startRouter(isOwnPath, { later: true });
  mount(App, { target: document.getElementById('app')! });
}
