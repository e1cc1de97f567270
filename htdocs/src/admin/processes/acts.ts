// SPDX-License-Identifier: Apache-2.0
import { api, ask, ifMatch } from '../../api/client';
import type { Schema } from '../../api/types';
import { confirmAct } from '../../ui/confirm.svelte';
import { sayDeleted } from '../bin/deleted';
import { attempt } from '../shared/attempt';

export type ProcessItem = Schema<'ProcessItem'>;
type Named = Pick<ProcessItem, 'id' | 'title' | 'name' | 'etag' | 'published_version'>;

export async function deleteProcess(process: Named, done: () => unknown): Promise<void> {
  const path = { process: process.id };
  const counted = ask(api.GET('/processes/{process}/impact', { params: { path, query: { act: 'delete' } } })).then(({ data }) =>
    data.shares ? { cannot: data.sentence } : data.sentence,
  );
  const sure = await confirmAct({
    title: `Delete ${process.title}?`,
    sentence: counted,
    act: 'Delete process',
    danger: true,
    ...(process.published_version ? { typed: process.name } : {}),
  });
  if (!sure) return;
  const params = { path, ...ifMatch(process.etag) };
  if (!(await attempt(() => ask(api.DELETE('/processes/{process}', { params }))))) return;
  sayDeleted('process', process.id, process.title, `/processes/${process.id}`);
  await done();
}

/** Saves the process as a file; VERSION: not the draft but that one. */
export async function exportProcess(process: { id: string; name: string }, version?: string): Promise<void> {
  await attempt(async () => {
    const params = { path: { process: process.id }, query: version ? { version } : {} };
    const { data } = await ask(api.GET('/processes/{process}/export', { params }));
    const url = URL.createObjectURL(new Blob([`${JSON.stringify(data, null, 2)}\n`], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${process.name}.process.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  });
}
