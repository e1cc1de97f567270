// SPDX-License-Identifier: Apache-2.0
// Suspend, resume and delete a partner.
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';

export type Partner = Schema<'Partner'>;
type Done = () => unknown;

const path = (portal: string, partner: Partner) => ({ path: { portal, partner: partner.id } });

async function impact(portal: string, partner: Partner, act: 'suspend' | 'delete'): Promise<string> {
  const params = { ...path(portal, partner), query: { act } };
  return (await ask(api.GET('/portals/{portal}/partners/{partner}/impact', { params }))).data.sentence;
}

export async function suspendPartner(portal: string, partner: Partner, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Suspend ${partner.name}?`,
    sentence: impact(portal, partner, 'suspend'),
    act: 'Suspend',
    danger: true,
  });
  if (!sure) return;
  const params = path(portal, partner);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/partners/{partner}/suspend', { params }))))) return;
  toast(`${partner.name} is suspended.`, { undo: () => resumePartner(portal, partner, done) });
  await done();
}

export async function resumePartner(portal: string, partner: Partner, done: Done): Promise<void> {
  const params = path(portal, partner);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/partners/{partner}/resume', { params }))))) return;
  toast(`${partner.name} is active again.`);
  await done();
}

export async function deletePartner(portal: string, partner: Partner, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Delete ${partner.name}?`,
    sentence: impact(portal, partner, 'delete'),
    act: 'Delete partner',
    danger: true,
    typed: partner.name,
  });
  if (!sure) return;
  const params = { ...path(portal, partner), ...ifMatch(partner.etag) };
  if (!(await attempt(() => ask(api.DELETE('/portals/{portal}/partners/{partner}', { params }))))) return;
  toast(`${partner.name} is deleted.`);
  await done();
}
