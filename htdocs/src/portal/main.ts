// SPDX-License-Identifier: Apache-2.0
import '../../styles/tokens.css';
import '../../styles/base.css';
import '../../styles/layout.css';
import '../../styles/parts.css';
import '../../styles/widgets.css';
import '../../styles/portal.css';
import './asks';
import './start';
