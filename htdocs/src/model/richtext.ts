// SPDX-License-Identifier: Apache-2.0
// Rich text is a small JSON document of blocks, rendered by elements and never as HTML.

import type { Schema } from '../api/types';

export type Text = Schema<'Text'>;
export type Block = Schema<'Block'>;

/** The address if a page may link to it, else null: no `javascript:`, no `data:`, no `//other`. */
export function safeLink(address: string | undefined | null): string | null {
  if (!address) return null;
  const text = address.trim();
  if (/[\u0000-\u001f\\]/.test(text)) return null;
  if (/^(https?:\/\/[^/]|mailto:[^?]*@)/i.test(text)) return text;
  return /^\/(?!\/)/.test(text) || /^#/.test(text) ? text : null;
}

export function plainText(blocks: Block[]): string {
  return blocks
    .map((b) => (b.type === 'list' ? b.items : [b.content]).map((line) => line.map((t) => t.text).join('')).join('\n'))
    .join('\n');
}
