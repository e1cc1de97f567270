// SPDX-License-Identifier: Apache-2.0
// Messages in ICU syntax. English comes with the page; other languages are fetched when wanted.
import { IntlMessageFormat } from 'intl-messageformat';
import en from './en.json';

export type Values = Record<string, string | number | boolean | Date | null | undefined>;
export type MessageKey = keyof typeof en;

const loaders: Record<string, () => Promise<{ default: Record<string, string> }>> = {
  de: () => import('./de.json'),
};

export const locales = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
];

class I18n {
  locale = $state('en');
  messages = $state.raw<Record<string, string>>(en);
}

const i18n = new I18n();
const formats = new Map<string, IntlMessageFormat>();

export function currentLocale(): string {
  return i18n.locale;
}

/** Switches the language; one that has no catalogue keeps English words but its own dates. */
export async function setLocale(locale: string): Promise<void> {
  const language = locale.split('-')[0] ?? 'en';
  const loaded = await loaders[language]?.();
  i18n.messages = loaded ? { ...en, ...loaded.default } : en;
  formats.clear();
  i18n.locale = locale;
  document.documentElement.lang = loaded ? locale : locale.startsWith('en') ? locale : 'en';
}

/** The message of a key, with its values filled in: `t('ui.selected', {count: 3})`. */
export function t(key: MessageKey, values?: Values): string {
  const locale = i18n.locale;
  const message = i18n.messages[key] ?? key;
  if (!values) return message;
  const id = `${locale}\n${key}`;
  let format = formats.get(id);
  if (!format) {
    format = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
    formats.set(id, format);
  }
  return String(format.format(values));
}
