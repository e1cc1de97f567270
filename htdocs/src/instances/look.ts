// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../api/types';

/** The badge's look of a state. */
export function stateLook(state: Schema<'InstanceState'>): string {
  return state === 'completed' ? 'ok' : state === 'draft' ? '' : 'brand';
}
