// SPDX-License-Identifier: Apache-2.0
// What a widget would show, before it is saved: of all partners whose instances one may see, or of one.
import { api, ask } from '../../api/client';
import { consoleList, type WidgetSource } from '../../widgets/source';
import { tidy, type DataWidget } from './widgets';

export interface Scope {
  portal: string;
  partner: string;
}

export function previewSource(widget: DataWidget, scope: Scope): WidgetSource {
  const text = JSON.stringify({ ...tidy([widget])[0], title: '-' });
  const query = { widget: text, ...(scope.portal ? { portal: scope.portal } : {}), ...(scope.portal && scope.partner ? { partner_id: scope.partner } : {}) };
  return {
    load: async () => {
      const { data } = await ask(api.GET('/widget-preview', { params: { query } }));
      /* The console's list has no filter on fields. */
      return data.link?.field ? { ...data, link: { ...data.link, exact: false, field: null, value: null, from: null, until: null } } : data;
    },
    rowHref: (row) => `/portals/${row.portal}/instances/${row.id}`,
    listHref: (link) => consoleList(link, scope.portal, scope.partner),
  };
}
