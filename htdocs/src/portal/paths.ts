// SPDX-License-Identifier: Apache-2.0
// The addresses that are pages of the portal; every other one belongs to the sysadmin's own content.

export function isOwnPath(path: string): boolean {
  return path === '/' || path === '/me' || /^\/dashboards\/[^/]+\/?$/.test(path);
}

/** The page on the console that shows a home page with values that are not saved yet. */
export const PREVIEW_PATH = '/preview/home';
