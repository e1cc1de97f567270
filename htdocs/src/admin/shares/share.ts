// SPDX-License-Identifier: Apache-2.0
// A share's draft as the editor holds it.
import type { Schema } from '../../api/types';
import type { Share } from './acts';

export type ShareProcess = Schema<'ShareProcess'>;
export type ShareDashboard = Schema<'ShareDashboard'>;

export type ShareValues = {
  title: string;
  instructions: string;
  processes: ShareProcess[];
  partner_groups: string[];
  dashboards: ShareDashboard[];
};

/** What a process begins with: started by everyone of the partner, forms that are assigned, nothing deleted. */
export function newShareProcess(process_id: string, process_title?: string): ShareProcess {
  return {
    process_id,
    allow_create: true,
    creators: { everyone: true, groups: [] },
    creators_only_open: false,
    allow_delete: false,
    form_visibility: 'assigned',
    ...(process_title ? { process_title } : {}),
  };
}

export function newShareDashboard(dashboard_id: string, dashboard_title?: string): ShareDashboard {
  return {
    dashboard_id,
    name_in_partner: 'same',
    welcome_page: false,
    security: { everyone: true, groups: [] },
    ...(dashboard_title ? { dashboard_title } : {}),
  };
}

export function pickShare(share: Share): ShareValues {
  return structuredClone({
    title: share.title,
    instructions: share.instructions,
    processes: share.processes,
    partner_groups: share.partner_groups,
    dashboards: share.dashboards,
  });
}

const only = (names: string[], groups: string[]) => groups.filter((name) => names.includes(name));

/** Without what the server adds for reading, and without groups that are no longer named. */
export function tidyShare(values: Partial<ShareValues>, names: string[]): Partial<ShareValues> {
  const audience = (a: Schema<'ShareSecurity'>) => ({ everyone: a.everyone, groups: only(names, a.groups) });
  return {
    ...values,
    ...(values.processes && {
      processes: values.processes.map((p) => ({
        process_id: p.process_id,
        allow_create: p.allow_create,
        creators: audience(p.creators),
        creators_only_open: p.creators_only_open,
        allow_delete: p.allow_delete,
        form_visibility: p.form_visibility,
      })),
    }),
    ...(values.dashboards && {
      dashboards: values.dashboards.map((d) => ({
        dashboard_id: d.dashboard_id,
        name_in_partner: d.name_in_partner,
        welcome_page: d.welcome_page,
        security: audience(d.security),
      })),
    }),
  };
}

/** Where the partner group NAME is used, in words. */
export function usesOfGroup(values: ShareValues, name: string): string[] {
  const uses: string[] = [];
  for (const p of values.processes) {
    if (!p.creators.everyone && p.creators.groups.includes(name)) uses.push(`who may start ${p.process_title ?? 'a process'}`);
  }
  for (const d of values.dashboards) {
    if (!d.security.everyone && d.security.groups.includes(name)) uses.push(`who may open ${d.dashboard_title ?? 'a dashboard'}`);
  }
  return uses;
}

/** Partner groups that the processes name as owners of forms. */
export function ownerGroups(values: ShareValues): string[] {
  return [...new Set(values.processes.flatMap((p) => p.owner_groups ?? []))];
}

const words = (a: Schema<'ShareSecurity'>) => (a.everyone ? 'everyone' : a.groups.join(', ') || 'nobody');

/** A member of the draft as one text, for the two sides of a conflict. */
export function showShare(field: string, value: unknown): string {
  if (field === 'processes') {
    return (value as ShareProcess[])
      .map((p) =>
        [
          p.process_title ?? p.process_id,
          p.allow_create ? `started by ${words(p.creators)}` : 'not started by partners',
          p.creators_only_open ? `opened by ${words(p.creators)} only` : '',
          p.form_visibility === 'all' ? 'all forms' : 'assigned forms',
          p.allow_delete ? 'may be deleted' : '',
        ]
          .filter(Boolean)
          .join(', '),
      )
      .join('; ');
  }
  if (field === 'dashboards') {
    return (value as ShareDashboard[])
      .map((d) => `${d.dashboard_title ?? d.dashboard_id} (${words(d.security)}${d.welcome_page ? ', welcome page' : ''})`)
      .join('; ');
  }
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
