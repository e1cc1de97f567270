// SPDX-License-Identifier: Apache-2.0
// Runs before the application: asks for the page of the present address and for its data. The server has announced both
// (httpd/pages.c, vite.config.ts), so that the browser may have them by now.
import { askEarly } from '../api/early';
import { placeOf, PREVIEW_PATH } from './pages';

const place = placeOf(location.pathname);
if (location.pathname !== PREVIEW_PATH) {
  askEarly('/session');
  if (place?.asks) askEarly(place.asks);
}
/* A page that cannot be fetched is met by the application, which fetches it again. */
place?.load().catch(() => {});
