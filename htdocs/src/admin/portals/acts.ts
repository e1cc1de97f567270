// SPDX-License-Identifier: Apache-2.0
// Suspend, resume and delete a portal: asks with true counts, and offers the way back.
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';

type Portal = Schema<'Portal'>;

const path = (p: Portal) => ({ path: { portal: p.technical_name } });

async function impact(p: Portal, act: 'suspend' | 'delete'): Promise<string> {
  return (await ask(api.GET('/portals/{portal}/impact', { params: { ...path(p), query: { act } } }))).data.sentence;
}

export async function suspendPortal(p: Portal, done: () => unknown): Promise<void> {
  const sure = await confirmAct({
    title: `Suspend ${p.name}?`,
    sentence: impact(p, 'suspend'),
    act: 'Suspend',
    danger: true,
  });
  if (!sure) return;
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/suspend', { params: path(p) }))))) return;
  toast(`${p.name} is suspended.`, { undo: () => resumePortal(p, done) });
  await done();
}

export async function resumePortal(p: Portal, done: () => unknown): Promise<void> {
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/resume', { params: path(p) }))))) return;
  toast(`${p.name} is active again.`);
  await done();
}

export async function deletePortal(p: Portal, done: () => unknown): Promise<void> {
  const sure = await confirmAct({
    title: `Delete ${p.name}?`,
    sentence: impact(p, 'delete'),
    act: 'Delete portal',
    danger: true,
    typed: p.technical_name,
  });
  if (!sure) return;
  const deleted = await attempt(() =>
    ask(
      api.DELETE('/portals/{portal}', {
        params: { ...path(p), ...ifMatch(p.etag), query: { confirm: p.technical_name } },
      }),
    ),
  );
  if (!deleted) return;
  toast(`${p.name} is deleted.`);
  await done();
}
