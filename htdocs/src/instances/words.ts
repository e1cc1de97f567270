// SPDX-License-Identifier: Apache-2.0
// The words of shares and instances. They come with the first page that has some, not with the application.
import { addMessages, currentLocale, t, type MessageKey } from '../i18n/index.svelte';
import table from '../i18n/en-table.json';
import english from '../i18n/en-instances.json';
import type { Values } from '../model/message';

addMessages(table);
addMessages(english);

type Words = keyof typeof english extends infer Key ? (Key extends `instances.${infer Word}` ? Word : never) : never;

/** `say('start', {title})` is the message `instances.start`. */
export function say(key: Words, values?: Values): string {
  return t(`instances.${key}` as MessageKey, values);
}

/** "25", and "1,000+" where counting stopped. */
export function countText(count: { value: number; at_least: boolean }): string {
  return new Intl.NumberFormat(currentLocale()).format(count.value) + (count.at_least ? '+' : '');
}
