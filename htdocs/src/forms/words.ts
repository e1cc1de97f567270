// SPDX-License-Identifier: Apache-2.0
// The words of forms. They come with the first form that is shown, not with the application.
import { addMessages, currentLocale, t, type MessageKey } from '../i18n/index.svelte';
import english from '../i18n/en-forms.json';
import type { Values } from '../model/message';

addMessages(english);

type Words = keyof typeof english extends infer Key ? (Key extends `form.${infer Word}` ? Word : never) : never;

/** `say('required')` is the message `form.required`. */
export function say(key: Words, values?: Values): string {
  return t(`form.${key}` as MessageKey, values);
}

say.number = (value: number, options?: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(currentLocale(), { maximumFractionDigits: 6, ...options }).format(value);
