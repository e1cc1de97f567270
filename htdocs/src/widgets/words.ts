// SPDX-License-Identifier: Apache-2.0
// The words of widgets that read from instances. They come with the first of them, not with the application.
import { addMessages, t, type MessageKey } from '../i18n/index.svelte';
import english from '../i18n/en-widgets.json';
import type { Values } from '../model/message';

addMessages(english);

type Words = keyof typeof english extends infer Key ? (Key extends `widgets.${infer Word}` ? Word : never) : never;

/** `say('none')` is the message `widgets.none`. */
export function say(key: Words, values?: Values): string {
  return t(`widgets.${key}` as MessageKey, values);
}
