// SPDX-License-Identifier: Apache-2.0
// Suspend, resume and remove a host user.
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt } from '../shared/attempt';
import { count, personName } from '../shared/words';

export type HostUser = Schema<'HostUser'>;
type Done = () => unknown;

const path = (user: HostUser) => ({ path: { user: user.id } });

/** A host user's access is one person's: the count is known without asking. Whom they sponsor is asked for. */
async function ending(users: HostUser[], act: 'suspend' | 'delete'): Promise<string> {
  const active = users.filter((u) => u.state === 'active').length;
  const own = active
    ? `Ends access to the console for ${count(active, 'person', 'people')} now.`
    : users.length === 1
      ? 'This person has no access now.'
      : 'Nobody of them has access now.';
  let members = 0;
  for (const user of users) {
    const params = { path: { user: user.id }, query: { act } };
    members += (await ask(api.GET('/host/users/{user}/impact', { params }))).data.members;
  }
  if (!members) return own;
  const whose = users.length === 1 ? 'this person sponsors' : 'they sponsor';
  return `${own} Ends access for ${count(members, 'member', 'members')} of portals, too, whom ${whose}.`;
}

export async function suspendUsers(users: HostUser[], done: Done): Promise<void> {
  const who = users.length === 1 && users[0] ? personName(users[0]) : count(users.length, 'host user', 'host users');
  const sure = await confirmAct({
    title: `Suspend ${who}?`,
    sentence: ending(users, 'suspend').then((sentence) => `${sentence} You can resume at any time.`),
    act: 'Suspend',
    danger: true,
  });
  if (!sure) return;
  const suspended: HostUser[] = [];
  for (const user of users) {
    if (await attempt(() => ask(api.POST('/host/users/{user}/suspend', { params: path(user) })))) suspended.push(user);
  }
  if (suspended.length) toast(`${who}: suspended.`, { undo: () => resumeUsers(suspended, done) });
  await done();
}

export async function resumeUsers(users: HostUser[], done: Done): Promise<void> {
  let worked = 0;
  for (const user of users) {
    if (await attempt(() => ask(api.POST('/host/users/{user}/resume', { params: path(user) })))) worked++;
  }
  if (worked) toast(`${count(worked, 'host user has', 'host users have')} access again.`);
  await done();
}

export async function removeUser(user: HostUser, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Remove ${personName(user)}?`,
    sentence: ending([user], 'delete').then((sentence) => `${sentence} What this person did stays in the activity.`),
    act: 'Remove',
    danger: true,
    typed: user.email,
  });
  if (!sure) return;
  const params = { ...path(user), ...ifMatch(user.etag) };
  if (!(await attempt(() => ask(api.DELETE('/host/users/{user}', { params }))))) return;
  toast(`${personName(user)} is removed.`);
  await done();
}
