// SPDX-License-Identifier: Apache-2.0
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';

export type Dashboard = Schema<'Dashboard'>;

export async function deleteDashboard(dashboard: Dashboard, done: () => unknown): Promise<void> {
  const path = { dashboard: dashboard.id };
  const sentence = ask(
    api.GET('/dashboards/{dashboard}/impact', { params: { path, query: { act: 'delete' } } }),
  ).then(({ data }) => data.sentence);
  const sure = await confirmAct({
    title: `Delete ${dashboard.title}?`,
    sentence,
    act: 'Delete dashboard',
    danger: true,
    ...(dashboard.placement_count ? { typed: dashboard.title } : {}),
  });
  if (!sure) return;
  const params = { path, ...ifMatch(dashboard.etag) };
  if (!(await attempt(() => ask(api.DELETE('/dashboards/{dashboard}', { params }))))) return;
  toast(`${dashboard.title} is deleted.`);
  await done();
}
