// SPDX-License-Identifier: Apache-2.0
// Short names for the contract's schemas: `Schema<'Portal'>`.
import type { components } from './schema';

export type Schemas = components['schemas'];
export type Schema<K extends keyof Schemas> = Schemas[K];
