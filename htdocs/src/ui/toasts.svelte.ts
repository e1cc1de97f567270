// SPDX-License-Identifier: Apache-2.0
// Short messages in the corner: `toast('Saved')`, `toast('Member suspended', {undo: resume})`.

export interface Toast {
  id: number;
  text: string;
  kind: 'info' | 'bad';
  undo?: (() => unknown) | undefined;
}

class ToastList {
  items = $state.raw<Toast[]>([]);
}

export const toasts = new ToastList();
let next = 1;

/** Shows a message; one with `undo` stays longer. */
export function toast(text: string, options: { kind?: 'info' | 'bad'; undo?: () => unknown; seconds?: number } = {}): void {
  const id = next++;
  toasts.items = [...toasts.items.slice(-3), { id, text, kind: options.kind ?? 'info', undo: options.undo }];
  const seconds = options.seconds ?? (options.undo || options.kind === 'bad' ? 12 : 6);
  setTimeout(() => dismiss(id), seconds * 1000);
}

export function dismiss(id: number): void {
  toasts.items = toasts.items.filter((item) => item.id !== id);
}
