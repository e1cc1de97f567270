// SPDX-License-Identifier: Apache-2.0
// Where a widget asks, and where it leads: on a portal and in the console's preview.
import type { Schema } from '../api/types';

export type WidgetData = Schema<'WidgetData'>;
export type WidgetLink = NonNullable<WidgetData['link']>;
export type WidgetRow = NonNullable<WidgetData['list']>['rows'][number];

export interface WidgetSource {
  load: () => Promise<WidgetData>;
  rowHref: (row: WidgetRow) => string;
  listHref: (link: WidgetLink) => string;
}

/** The address of the portal's list that shows the same, as its page writes it. */
export function portalList(link: WidgetLink): string {
  const query = new URLSearchParams();
  if (link.shared_process_id) query.set('of', `${link.shared_process_id}~${link.process_id}`);
  return `/instances?${withFilters(query, link)}`;
}

/** The same of the console's list, of one partner or of all. */
export function consoleList(link: WidgetLink, portal = '', partner = ''): string {
  const query = new URLSearchParams({ process_id: link.process_id });
  if (portal) query.set('portal', portal);
  if (partner) query.set('partner_id', partner);
  return `/instances?${withFilters(query, link)}`;
}

function withFilters(query: URLSearchParams, link: WidgetLink): URLSearchParams {
  for (const name of ['status', 'state', 'field', 'value', 'from', 'until'] as const) if (link[name]) query.set(name, link[name]);
  for (const name of ['waiting', 'created'] as const) if (link[name]) query.set(name, 'true');
  return query;
}
