// SPDX-License-Identifier: Apache-2.0
// How the pages of one instance reach the server. Portal and console have the same resources at different addresses.
import { api, ask, ifMatch, type Answer } from '../api/client';
import type { Problem } from '../api/problem';
import type { Schema } from '../api/types';
import type { Values } from '../forms/document';
import type { Instance } from './instances';

/** An instance as the server has it, and its version. */
export interface Kept {
  instance: Instance;
  etag: string;
}

export interface Change {
  form: string;
  values: Values;
  submit: boolean;
}

export interface PeopleQuery {
  q?: string;
  /** People of the instance's partner; and groups of it. */
  partner?: boolean;
  groups?: boolean;
  /** Ids of host groups, comma-separated. */
  host_groups?: string;
}

export interface Page<T> {
  data: T[];
  paging: { next?: { after: string } };
}

/** What is asked of one instance; each throws a Problem. */
export interface Source {
  load: () => Promise<Kept>;
  change: (etag: string, body: Change) => Promise<Kept>;
  remove: (etag: string) => Promise<void>;
  reassign: (etag: string, body: Schema<'Reassign'>) => Promise<Kept>;
  /** Takes the action NAME of the current form. */
  act: (etag: string, name: string, body: Schema<'TakeAction'>, header: { 'Idempotency-Key': string }) => Promise<Kept>;
  history: (after?: string) => Promise<Page<Schema<'InstanceChange'>>>;
  comments: (after?: string) => Promise<Page<Schema<'Comment'>>>;
  comment: (text: string, header: { 'Idempotency-Key': string }) => Promise<Schema<'Comment'>>;
  /** Where a file is sent to. */
  uploadAddress: (query: { form: string; field: string; name: string }) => string;
  dropFile: (id: string) => Promise<unknown>;
  people: (query: PeopleQuery) => Promise<Schema<'FormOwner'>[]>;
}

export const keptOf = ({ data, etag }: Answer<Instance>): Kept => ({ instance: data, etag: etag || data.etag });

/* The addresses are made here, so the client cannot tell their types; the schemas of both sides are the same. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Call = (path: string, options?: Record<string, unknown>) => Promise<{ data?: any; response: Response }>;
const client = api as unknown as Record<'GET' | 'POST' | 'PATCH' | 'DELETE', Call>;

/** The instance at the API's PATH, such as `/instances/ID`; people for it are found at PEOPLE. */
export function sourceAt(path: string, people: string): Source {
  const list = async <T>(name: string, limit: number, after?: string) =>
    (await ask(client.GET(`${path}/${name}`, { params: { query: { limit, ...(after ? { after } : {}) } } }))).data as Page<T>;
  return {
    load: async () => keptOf(await ask(client.GET(path))),
    change: async (etag, body) => keptOf(await ask(client.PATCH(path, { params: ifMatch(etag), body }))),
    remove: async (etag) => void (await ask(client.DELETE(path, { params: ifMatch(etag) }))),
    reassign: async (etag, body) => keptOf(await ask(client.POST(`${path}/reassign`, { params: ifMatch(etag), body }))),
    act: async (etag, name, body, header) => {
      const params = { header: { ...ifMatch(etag).header, ...header } };
      return keptOf(await ask(client.POST(`${path}/actions/${name}`, { params, body })));
    },
    history: (after) => list('history', 50, after),
    comments: (after) => list('comments', 500, after),
    comment: async (text, header) => (await ask(client.POST(`${path}/comments`, { params: { header }, body: { text } }))).data,
    uploadAddress: (query) => `/api/v1${path}/files?${new URLSearchParams({ ...query })}`,
    dropFile: (id) => ask(client.DELETE(`${path}/files/${id}`)),
    people: async (query) => ((await ask(client.GET(people, { params: { query } }))).data as Schema<'PeopleList'>).data,
  };
}

/** What was sent was for a form that has been passed on. */
export const isMoved = (problem: Problem) => problem.status === 409 && /not-the-current-form/.test(problem.document.type ?? '');
