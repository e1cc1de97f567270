// SPDX-License-Identifier: Apache-2.0
// Acts on members, one or many: asks with true counts, tells each that did not work, offers the way back.
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { toast } from '../../ui/toasts.svelte';
import { attempt, tellProblem } from '../shared/attempt';
import { onceEach } from '../shared/idempotency';
import { count, personName, sponsorEnds } from '../shared/words';

export type Member = Schema<'Member'>;
type Bulk = Schema<'MemberBulk'>;
type Done = () => unknown;

const path = (portal: string, member: Member) => ({ path: { portal, member: member.id } });
const people = (n: number) => count(n, 'person', 'people');

/** How many lose access now: invited and suspended ones have none, nor those whose sponsor is gone. */
export function endingSentence(members: Member[], rest: string): string {
  const having = members.filter((m) => m.state === 'active' && !sponsorEnds(m));
  const active = having.length;
  const partners = new Set(having.map((m) => m.partner_id)).size;
  const ends = active
    ? `Ends access for ${people(active)} of ${count(partners, 'partner', 'partners')} now.`
    : members.length === 1
      ? 'This person has no access now.'
      : 'Nobody of them has access now.';
  return `${ends} ${rest}`;
}

export async function suspendMember(portal: string, member: Member, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Suspend ${personName(member)}?`,
    sentence: endingSentence([member], 'Groups and role are kept; you can resume at any time.'),
    act: 'Suspend',
    danger: true,
  });
  if (!sure) return;
  const params = path(portal, member);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/members/{member}/suspend', { params }))))) return;
  toast(`${personName(member)} is suspended.`, { undo: () => resumeMember(portal, member, done) });
  await done();
}

export async function resumeMember(portal: string, member: Member, done: Done): Promise<void> {
  const params = path(portal, member);
  if (!(await attempt(() => ask(api.POST('/portals/{portal}/members/{member}/resume', { params }))))) return;
  toast(`${personName(member)} has access again.`);
  await done();
}

export async function removeMember(portal: string, member: Member, done: Done): Promise<void> {
  const sure = await confirmAct({
    title: `Remove ${personName(member)}?`,
    sentence: endingSentence([member], 'A pending invitation ends, too. Inviting the address again brings the person back.'),
    act: 'Remove',
    danger: true,
  });
  if (!sure) return;
  const params = { ...path(portal, member), ...ifMatch(member.etag) };
  if (!(await attempt(() => ask(api.DELETE('/portals/{portal}/members/{member}', { params }))))) return;
  toast(`${personName(member)} is removed.`);
  await done();
}

export interface BulkFailure {
  name: string;
  detail: string;
}

const done: Record<Bulk['act'], string> = {
  suspend: 'suspended',
  resume: 'resumed',
  remove: 'removed',
  set_role: 'changed',
  set_partner: 'moved',
  add_group: 'added to the group',
  remove_group: 'taken out of the group',
  resend_invitation: 'invited again',
};

/** Does it; says what was done and returns those that were not, or null when nothing was sent. */
export async function bulkAct(portal: string, members: Member[], act: Omit<Bulk, 'ids'>): Promise<BulkFailure[] | null> {
  const body = { ...act, ids: members.map((m) => m.id) };
  try {
    const { data } = await ask(
      api.POST('/portals/{portal}/members/bulk', { params: { path: { portal }, header: onceEach()(body) }, body }),
    );
    const failed = data.data.filter((r) => r.status >= 400);
    const worked = data.data.filter((r) => r.status < 400).map((r) => r.id);
    const back = { suspend: 'resume', resume: 'suspend', add_group: 'remove_group', remove_group: 'add_group' } as const;
    const undo = act.act in back ? back[act.act as keyof typeof back] : null;
    if (worked.length) {
      toast(
        `${people(worked.length)} ${done[act.act]}.`,
        undo && act.act !== 'resume'
          ? { undo: () => bulkAct(portal, members.filter((m) => worked.includes(m.id)), { ...act, act: undo }) }
          : {},
      );
    }
    return failed.map((r) => {
      const member = members.find((m) => m.id === r.id);
      return { name: member ? personName(member) : r.id, detail: r.detail ?? 'It did not work.' };
    });
  } catch (thrown) {
    tellProblem(thrown);
    return null;
  }
}
