// SPDX-License-Identifier: Apache-2.0
// What the forms of a portal hold, between the API's shape and the fields.
import type { Schema } from '../../api/types';

type Portal = Schema<'Portal'>;

export interface PortalValues extends Record<string, unknown> {
  name: string;
  color: string;
  logo: string | null;
  home_cover: string | null;
  logout_url: string;
  contact: { name: string; email: string };
  locale: string;
}

export const portalLabels: Record<string, string> = {
  name: 'Name',
  color: 'Colour',
  logo: 'Logo',
  home_cover: 'Cover of the home page',
  logout_url: 'Logout URL',
  contact: 'Contact',
  locale: 'Language',
};

/** The names the server uses when one of the fields is wrong. */
export const portalFields = ['name', 'color', 'logo', 'home_cover', 'logout_url', 'contact/name', 'contact/email', 'locale'];

export function emptyPortal(locale: string): PortalValues {
  return {
    name: '',
    color: '#1f5fae',
    logo: null,
    home_cover: null,
    logout_url: '',
    contact: { name: '', email: '' },
    locale,
  };
}

export function valuesOf(p: Portal): PortalValues {
  return {
    name: p.name,
    color: p.color.toLowerCase(),
    logo: p.logo,
    home_cover: p.home_cover,
    logout_url: p.logout_url ?? '',
    contact: { name: p.contact.name ?? '', email: p.contact.email ?? '' },
    locale: p.locale,
  };
}

/** Ready for the API: an empty logout URL is none. */
export function bodyOf<T extends Partial<PortalValues>>(values: T): Omit<T, 'logout_url'> & { logout_url?: string | null } {
  const { logout_url, ...rest } = values;
  return logout_url === undefined ? rest : { ...rest, logout_url: logout_url.trim() || null };
}

export function showPortalValue(field: string, value: unknown): string {
  if (field === 'contact') {
    const { name, email } = value as PortalValues['contact'];
    return [name, email].filter(Boolean).join(', ');
  }
  if (field === 'logo' || field === 'home_cover') return value ? `image ${String(value).slice(0, 8)}…` : '';
  return String(value ?? '');
}
