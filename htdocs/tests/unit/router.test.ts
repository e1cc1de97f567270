// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { isOwnPath } from '../../src/portal/pages';
import { match } from '../../src/ui/router.svelte';
import { ariaSort, nextSort } from '../../src/ui/table';

describe('addresses', () => {
  it.each([
    ['/portals/:portal', '/portals/acme', { portal: 'acme' }],
    ['/portals/:portal', '/portals/acme/', { portal: 'acme' }],
    ['/portals/:portal', '/portals', null],
    ['/portals/:portal', '/portals/acme/members', null],
    ['/portals/:portal/*', '/portals/acme/members/1', { portal: 'acme' }],
    ['/portals/:portal/*', '/portals/acme', { portal: 'acme' }],
    ['/', '/', {}],
    ['/me', '/you', null],
    ['/dashboards/:id', '/dashboards/a%20b', { id: 'a b' }],
    ['/dashboards/:id', '/dashboards/%E0%A4%A', null],
  ])('%s on %s', (pattern, path, found) => expect(match(pattern, path)).toEqual(found));

  it.each([
    ['/', true],
    ['/me', true],
    ['/dashboards/1', true],
    ['/dashboards/1/raw', false],
    ['/manuals/', false],
    ['/oidc/callback', false],
    ['/mean', false],
  ])('the portal owns %s: %s', (path, own) => expect(isOwnPath(path)).toBe(own));
});

describe('sorting', () => {
  it('goes up, down, off', () => {
    expect(nextSort('', 'name')).toBe('name');
    expect(nextSort('name', 'name')).toBe('-name');
    expect(nextSort('-name', 'name')).toBeNull();
    expect(nextSort('-other', 'name')).toBe('name');
    expect(ariaSort('-name', 'name')).toBe('descending');
    expect(ariaSort('name', 'name')).toBe('ascending');
    expect(ariaSort('', 'name')).toBe('none');
  });
});
