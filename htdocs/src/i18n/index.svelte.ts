// SPDX-License-Identifier: Apache-2.0
// Messages in ICU syntax. English comes with the page; other languages are fetched when wanted.
import { formatMessage, type Values } from '../model/message';
import en from './en.json';
import type enConsole from './en-console.json';
import type enForms from './en-forms.json';
import type enInstances from './en-instances.json';
import type enPortal from './en-portal.json';
import type enTable from './en-table.json';
import type enWidgets from './en-widgets.json';

export type MessageKey = keyof typeof en | keyof typeof enConsole | keyof typeof enForms | keyof typeof enInstances | keyof typeof enPortal | keyof typeof enTable | keyof typeof enWidgets;

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  de: () => import('./de.json'),
};

export const locales = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
];

let english: Record<string, string> = en;

class I18n {
  locale = $state('en');
  messages = $state.raw<Record<string, string>>(english);
}

const i18n = new I18n();

export function currentLocale(): string {
  return i18n.locale;
}

/** Words that come later: the console's own parts', a form's. The portal, which must stay small, begins without. */
export function addMessages(messages: Record<string, string>): void {
  english = { ...english, ...messages };
  i18n.messages = { ...english, ...i18n.messages };
}

/** Switches the language; one that has no catalogue keeps English words but its own dates. */
export async function setLocale(locale: string): Promise<void> {
  const language = locale.split('-')[0] ?? 'en';
  const loaded = await loaders[language]?.();
  i18n.messages = loaded ? { ...english, ...loaded.default } : english;
  i18n.locale = locale;
  document.documentElement.lang = loaded || language === 'en' ? locale : 'en';
}

/** The message of a key, with its values filled in: `t('ui.selected', {count: 3})`. */
export function t(key: MessageKey, values?: Values): string {
  const message = i18n.messages[key] ?? key;
  return values ? formatMessage(message, values, i18n.locale) : message;
}
