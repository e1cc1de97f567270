// SPDX-License-Identifier: Apache-2.0
// Lists of instances as the API has them.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';

export type InstanceItem = Schema<'InstanceItem'>;
export type InstanceList = Schema<'InstanceList'>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function listInstances(query: Record<string, any>): Promise<InstanceList> {
  return (await ask(api.GET('/instances', { params: { query } }))).data;
}
