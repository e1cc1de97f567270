// SPDX-License-Identifier: Apache-2.0
// What comboboxes offer, asked of the server while one types.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';
import { personName } from './words';

export interface Choice {
  value: string;
  label: string;
  hint?: string;
}

const LIMIT = 30;
const query = (typed: string) => ({ limit: LIMIT, ...(typed.trim() ? { q: typed.trim() } : {}) });

export function findPartners(portal: string) {
  return async (typed: string): Promise<Choice[]> => {
    const params = { path: { portal }, query: { ...query(typed), sort: 'name' as const } };
    const { data } = await ask(api.GET('/portals/{portal}/partners', { params }));
    return data.data.map((p) => ({ value: p.id, label: p.name, hint: p.city }));
  };
}

/** What a filter offers is all there is, as far as one answer has it. */
const FILTER_LIMIT = 500;

export async function listPartners(portal: string): Promise<Choice[]> {
  const params = { path: { portal }, query: { limit: FILTER_LIMIT, sort: 'name' as const } };
  const { data } = await ask(api.GET('/portals/{portal}/partners', { params }));
  return data.data.map((p) => ({ value: p.id, label: p.name }));
}

export async function listPortals(): Promise<Choice[]> {
  const { data } = await ask(api.GET('/portals', { params: { query: { limit: FILTER_LIMIT, sort: 'name' } } }));
  return data.data.map((p) => ({ value: p.technical_name, label: p.name }));
}

/** Groups that people can be put into: the automatic one is not. */
export function findGroups(portal: string) {
  return async (typed: string): Promise<Choice[]> => {
    const params = { path: { portal }, query: query(typed) };
    const { data } = await ask(api.GET('/portals/{portal}/groups', { params }));
    return data.data.filter((g) => !g.automatic).map((g) => ({ value: g.id, label: g.name }));
  };
}

export function findMembers(portal: string) {
  return async (typed: string): Promise<Choice[]> => {
    const params = { path: { portal }, query: query(typed) };
    const { data } = await ask(api.GET('/portals/{portal}/members', { params }));
    return data.data.map((m) => ({ value: m.id, label: personName(m), hint: `${m.email} · ${m.partner_name}` }));
  };
}

export async function findHostUsers(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/host/users', { params: { query: query(typed) } }));
  return data.data.map((u) => ({ value: u.id, label: personName(u), hint: u.email }));
}

export async function findHostGroups(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/host/groups', { params: { query: query(typed) } }));
  return data.data.map((g) => ({ value: g.id, label: g.name }));
}

/** Dashboards that can be placed: those that were published. */
export async function findPublished(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/dashboards', { params: { query: { ...query(typed), limit: 100 } } }));
  return (data as Schema<'DashboardList'>).data
    .filter((d) => d.published_version !== null)
    .map((d) => ({ value: d.id, label: d.title, hint: d.kind === 'link' ? `Link to ${d.target}` : `Page, version ${d.published_version}` }));
}

/** Processes that can be shared: those that were published. */
export async function findPublishedProcesses(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/processes', { params: { query: { ...query(typed), published: true } } }));
  return data.data.map((p) => ({ value: p.id, label: p.title, hint: `${p.name}, version ${p.published_version}` }));
}

export async function findShares(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/shared-processes', { params: { query: query(typed) } }));
  return (data as Schema<'SharedProcessList'>).data.map((s) => ({
    value: s.id,
    label: s.title,
    hint: s.revision ? `${s.process_titles.join(', ')} · revision ${s.revision}` : 'Never sent',
  }));
}

export async function findPortals(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/portals', { params: { query: query(typed) } }));
  return data.data.map((p) => ({ value: p.technical_name, label: p.name, hint: p.technical_name }));
}

/* Of what may be started for partners, by whoever asks. */

export async function findStartablePortals(typed: string): Promise<Choice[]> {
  const { data } = await ask(api.GET('/startable', { params: { query: query(typed) } }));
  return data.data.map((p) => ({ value: p.technical_name, label: p.name, hint: p.technical_name }));
}

export function findStartablePartners(portal: string) {
  return async (typed: string): Promise<Choice[]> => {
    const { data } = await ask(api.GET('/portals/{portal}/startable', { params: { path: { portal }, query: query(typed) } }));
    return data.data.map((p) => ({ value: p.id, label: p.name }));
  };
}

export function findStartableProcesses(portal: string, partner: string) {
  return async (typed: string): Promise<Schema<'StartableProcess'>[]> => {
    const params = { path: { portal, partner }, query: { ...query(typed), limit: 100 } };
    return (await ask(api.GET('/portals/{portal}/partners/{partner}/startable', { params }))).data.data;
  };
}

/** A process may be in several shares of a partner. */
export const startKey = (p: Schema<'StartableProcess'>) => `${p.shared_process_id} ${p.process_id}`;
