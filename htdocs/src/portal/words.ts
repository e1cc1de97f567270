// SPDX-License-Identifier: Apache-2.0
// The words of the portal's pages: they come with the first of them, those of the frame around with the application.
import { addMessages } from '../i18n/index.svelte';
import words from '../i18n/en-portal.json';

addMessages(words);
