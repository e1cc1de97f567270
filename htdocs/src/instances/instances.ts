// SPDX-License-Identifier: Apache-2.0
// What portal and console both show of instances.
import type { Schema } from '../api/types';
import { say } from './words';

export type Instance = Schema<'Instance'>;

/** The title of the current form, or that all are done. */
export function statusText(instance: { state: Schema<'InstanceState'>; status_title: string }): string {
  return instance.state === 'completed' ? say('state_completed') : instance.status_title;
}

/** Is the form NAME of the instance still to be submitted, and open now? Several may be, at a time. */
export function isCurrent(instance: Instance, name: string): boolean {
  return instance.forms.some((f) => f.name === name && f.status === 'current');
}

/** "You, Quality": whom a form waits for. */
export function ownersText(owners: Schema<'FormOwner'>[]): string {
  if (owners.length === 0) return say('nobody');
  const isMe = (o: Schema<'FormOwner'>) => !!o.me && (o.kind === 'member' || o.kind === 'host_user');
  const names = [...owners].sort((a, b) => Number(isMe(b)) - Number(isMe(a))).map((o) => (isMe(o) ? say('you') : o.name));
  const unique = [...new Set(names)];
  return unique.length > 4 ? `${unique.slice(0, 3).join(', ')} ${say('and_more', { count: unique.length - 3 })}` : unique.join(', ');
}
