// SPDX-License-Identifier: Apache-2.0
import type { Schema } from '../../api/types';

export interface IssuerValues {
  issuer: string;
  label: string;
  vouches_for_email: boolean;
}

export function issuerValues(issuers: Schema<'Issuer'>[]): IssuerValues[] {
  return issuers.map(({ issuer, label, vouches_for_email }) => ({ issuer, label, vouches_for_email: vouches_for_email ?? false }));
}

/** One line each, for the comparison of two versions. */
export function showIssuers(issuers: IssuerValues[]): string {
  return issuers.map((i) => `${i.label}: ${i.issuer}${i.vouches_for_email ? ' (addresses trusted)' : ''}`).join('\n');
}
