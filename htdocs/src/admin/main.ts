// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/layout.css';
import '../../styles/parts.css';
import '../../styles/console.css';
import { announceRenewal } from '../api/session.svelte';
import { addMessages } from '../i18n/index.svelte';
import words from '../i18n/en-console.json';
import tableWords from '../i18n/en-table.json';
import { startRouter } from '../ui/router.svelte';
import App from './App.svelte';
import { isOwnPath } from './routes';

if (!announceRenewal()) {
  addMessages({ ...words, ...tableWords });
  startRouter(isOwnPath);
  mount(App, { target: document.getElementById('app')! });
}
