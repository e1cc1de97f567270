// SPDX-License-Identifier: Apache-2.0
// What lies in the bin: told when something was deleted, and brought back.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';
import { navigate } from '../../ui/router.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';
import { can } from '../shared/console.svelte';

type Kind = Schema<'BinItem'>['kind'];

/** Restores it and says so; true when it worked. */
export async function bringBack(kind: Kind, id: string, title: string): Promise<boolean> {
  const params = { path: { kind, id } };
  if (!(await attempt(() => ask(api.POST('/bin/{kind}/{id}/restore', { params }))))) return false;
  toast(`${title} is back.${kind === 'shared_process' ? ' Partners hold again what they held.' : ''}`);
  return true;
}

/** Says that it is deleted, and how it comes back: whoever cannot open the bin is not sent there. PAGE shows it again. */
export function sayDeleted(kind: Kind, id: string, title: string, page: string): void {
  if (!can('bin_write')) {
    toast(`${title} is deleted. For 30 days an administrator can bring it back.`);
    return;
  }
  toast(`${title} is deleted. It stays in the bin for 30 days.`, {
    undo: async () => {
      if (await bringBack(kind, id, title)) await navigate(page);
    },
  });
}
