// SPDX-License-Identifier: Apache-2.0
// The shared processes that this member's partner holds; fetched once and kept, because most pages name them.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';

export type Share = Schema<'OwnSharedProcess'>;
export type ShareProcess = Schema<'OwnShareProcess'>;

class Shares {
  all = $state.raw<Share[] | null>(null);
  problem = $state.raw<unknown>(null);
}

export const shares = new Shares();

/** Fetches them anew; what is there stays meanwhile. */
export async function loadShares(): Promise<void> {
  try {
    const all: Share[] = [];
    let after: string | undefined;
    do {
      const query = { limit: 200, ...(after ? { after } : {}) };
      const { data } = await ask(api.GET('/shared-processes', { params: { query } }));
      const page = data as Schema<'OwnSharedProcessList'>;
      all.push(...page.data);
      after = page.paging.next?.after;
    } while (after);
    shares.all = all;
    shares.problem = null;
  } catch (thrown) {
    shares.problem = thrown;
  }
}

export const startAddress = (share: string, process: string) => `/shared-processes/${share}/${process}/new`;
