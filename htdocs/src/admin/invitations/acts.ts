// SPDX-License-Identifier: Apache-2.0
// Acts on one invitation.
import { api, ask } from '../../api/client';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';

interface Target {
  id: string;
  email: string;
}
type Done = () => unknown;

const path = (portal: string, invitation: Target) => ({ path: { portal, invitation: invitation.id } });

export async function resend(portal: string, invitation: Target, done: Done): Promise<void> {
  const params = path(portal, invitation);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/invitations/{invitation}/resend', { params }))))) return;
  toast(`A new mail to ${invitation.email} is on its way. The links sent before stop working.`);
  await done();
}

export async function revoke(portal: string, invitation: Target, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Revoke the invitation of ${invitation.email}?`,
    sentence: 'The link in the mail stops working now. You can invite the address again.',
    act: 'Revoke',
    danger: true,
  });
  if (!sure) return;
  const params = path(portal, invitation);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/invitations/{invitation}/revoke', { params }))))) return;
  toast(`The invitation of ${invitation.email} is revoked.`, { undo: () => resend(portal, invitation, done) });
  await done();
}

/** A new personal link, to be sent by other means than the mail. */
export async function makeLink(portal: string, invitation: Target): Promise<string | null> {
  let url: string | null = null;
  await attempt(async () => {
    const params = path(portal, invitation);
    url = (await ask(api.POST('/portals/{portal}/invitations/{invitation}/link', { params }))).data.url;
  });
  return url;
}
