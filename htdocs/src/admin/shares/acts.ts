// SPDX-License-Identifier: Apache-2.0
// Delete a share, take it from a partner, and the small words about grants.
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { sayDeleted } from '../bin/deleted';
import { attempt } from '../shared/attempt';
import { count } from '../shared/words';

export type Share = Schema<'SharedProcess'>;
export type ShareItem = Schema<'SharedProcessItem'>;
export type Grant = Schema<'Grant'>;
type Done = () => unknown;

export async function deleteShare(share: ShareItem, done: Done): Promise<void> {
  const path = { share: share.id };
  const sentence = ask(
    api.GET('/shared-processes/{share}/impact', { params: { path, query: { act: 'delete' } } }),
  ).then(({ data }) => data.sentence);
  const sure = await confirmAct({
    title: `Delete ${share.title}?`,
    sentence,
    act: 'Delete shared process',
    danger: true,
    ...(share.partner_count ? { typed: share.title } : {}),
  });
  if (!sure) return;
  const params = { path, ...ifMatch(share.etag) };
  if (!(await attempt(() => ask(api.DELETE('/shared-processes/{share}', { params }))))) return;
  sayDeleted('shared_process', share.id, share.title, `/shared-processes/${share.id}`);
  await done();
}

export async function removeGrant(grant: Grant, done: Done): Promise<void> {
  const path = { share: grant.shared_process_id, portal: grant.portal, partner: grant.partner_id };
  const sentence = ask(
    api.GET('/shared-processes/{share}/partners/{portal}/{partner}/impact', {
      params: { path, query: { act: 'remove' } },
    }),
  ).then(({ data }) => data.sentence);
  const sure = await confirmAct({
    title: `Take “${grant.shared_process_title}” from ${grant.partner_name}?`,
    sentence,
    act: 'Take away',
    danger: true,
  });
  if (!sure) return;
  const params = { path };
  if (!(await attempt(() => ask(api.DELETE('/shared-processes/{share}/partners/{portal}/{partner}', { params }))))) return;
  toast(`${grant.partner_name} no longer holds “${grant.shared_process_title}”.`);
  await done();
}

/** How a partner stands to a share: the badge's kind and words. */
export function standing(grant: Grant): { kind: string; words: string } {
  if (grant.revision === 0) return { kind: 'warn', words: 'Nothing sent yet' };
  if (grant.behind > 0) return { kind: 'warn', words: `${grant.behind} behind` };
  if (grant.changes_not_sent) return { kind: 'warn', words: 'Changes not sent' };
  return { kind: 'ok', words: 'Up to date' };
}

/** "3 partners hold it, 1 is behind." */
export function holders(share: { partner_count: number; behind_count: number }): string {
  if (!share.partner_count) return 'No partner holds it yet.';
  const behind = share.behind_count ? `, ${share.behind_count} behind` : '';
  return `${count(share.partner_count, 'partner', 'partners')}${behind}`;
}
