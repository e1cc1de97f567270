// SPDX-License-Identifier: Apache-2.0
// The security of a process: how what is stored is read, as mod_b2bportal/forms/security.c does.
import type { People, Security, SecurityMode } from './document';

export const securityModes: SecurityMode[] = ['off', 'others_view', 'assigned', 'only'];

type Plain = Record<string, unknown>;

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** What is missing or has a word that is not known is the narrowest mode without users: nobody may anything. */
export function readSecurity(stored: unknown): { mode: SecurityMode; users: Required<People> } {
  const mode = securityModes.find((m) => isObject(stored) && stored['mode'] === m);
  const users: Plain = mode && isObject(stored) && isObject(stored['users']) ? stored['users'] : {};
  return {
    mode: mode ?? 'only',
    users: {
      partner: users['partner'] === true,
      partner_groups: texts(users['partner_groups']),
      host_users: texts(users['host_users']),
      host_groups: texts(users['host_groups']),
    },
  };
}

export function isNobody(people: People): boolean {
  return !people.partner && !people.partner_groups?.length && !people.host_users?.length && !people.host_groups?.length;
}

export function namesNoUser({ users = {} }: Security): boolean {
  return isNobody(users);
}
