// SPDX-License-Identifier: Apache-2.0
// Comes first and alone: asks for the page of the present address and for its data while the application, which the
// HTML has announced (modulepreload), is on its way.
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/layout.css';
import '../../styles/parts.css';
import '../../styles/widgets.css';
import '../../styles/portal.css';
import { askEarly } from '../api/early';
import { placeOf, PREVIEW_PATH } from './pages';

const place = placeOf(location.pathname);
if (location.pathname !== PREVIEW_PATH) {
  askEarly('/session');
  if (place?.asks) askEarly(place.asks);
}
/* A page that cannot be fetched is met by the application, which fetches it again. */
place?.load().catch(() => {});
void import('./start');
