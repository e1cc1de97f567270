// SPDX-License-Identifier: Apache-2.0
// Words for what the API says by short names.
import type { Schema } from '../../api/types';

export type MemberRole = Schema<'MemberRole'>;
export type HostRole = Schema<'HostRole'>;

export const memberRoles: { value: MemberRole; label: string; hint: string }[] = [
  { value: 'viewer', label: 'Viewer', hint: 'Sees the dashboards placed for them and works on what is shared with them.' },
  { value: 'editor', label: 'Editor', hint: 'As a viewer, and may build own dashboards.' },
  { value: 'partner_administrator', label: 'Partner administrator', hint: 'Also looks after the people of the own partner.' },
];

export const hostRoles: { value: HostRole; label: string; hint: string }[] = [
  { value: 'administrator', label: 'Administrator', hint: 'Everything in the console.' },
  { value: 'partner_manager', label: 'Partner manager', hint: 'Portals, partners, members, groups, invitations, placements, shared processes.' },
  { value: 'designer', label: 'Designer', hint: 'Processes and dashboards.' },
  { value: 'data_source_manager', label: 'Data source manager', hint: 'Data sources and their row rules.' },
  { value: 'auditor', label: 'Auditor', hint: 'Reads the activity, changes nothing.' },
  { value: 'user', label: 'User', hint: 'Works on the forms that name this person; no other rights in the console.' },
];

export const memberRole = (role: string) => memberRoles.find((r) => r.value === role)?.label ?? role;
export const hostRole = (role: string) => hostRoles.find((r) => r.value === role)?.label ?? role;

export const sourceWords: Record<string, string> = {
  automatic: 'automatic',
  console: 'console',
  csv: 'CSV',
  api: 'API',
  scim: 'SCIM',
  claim: 'identity provider',
};

interface Person {
  first_name: string;
  last_name: string;
  email: string;
}

/** First and last name, else the address. */
export function personName(person: Person): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ') || person.email;
}

/** Why a member has no access although the own state is another: the sponsor is suspended or gone. '' if not so. */
export function sponsorEnds(member: { sponsor: { state: string } | null }): string {
  if (member.sponsor?.state === 'suspended') return 'Sponsor suspended: no access';
  if (member.sponsor?.state === 'removed') return 'Sponsor removed: no access';
  return '';
}

/** "1 person", "31 people". */
export function count(n: number, one: string, many: string): string {
  return `${new Intl.NumberFormat('en').format(n)} ${n === 1 ? one : many}`;
}

const regions =
  'AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL CM CN CO CR CU CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GG GH GI GL GM GN GQ GR GT GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK PL PR PS PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VN VU WS XK YE ZA ZM ZW';

const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

export function countryName(code: string): string {
  return code ? (regionNames.of(code) ?? code) : '';
}

export function countries(): { value: string; label: string }[] {
  return regions
    .split(' ')
    .map((code) => ({ value: code, label: countryName(code) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'));
}

const objectWords: Record<string, string> = { host_user: 'host user', host_group: 'host group', group_member: 'group member' };
const actWords: Record<string, string> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  remove: 'removed',
  suspend: 'suspended',
  resume: 'resumed',
  publish: 'published',
  accept: 'accepted',
  decline: 'declined',
  revoke: 'revoked',
  resend: 'sent again',
  send: 'sent',
  link: 'link copied',
  invite: 'invited',
  upload: 'uploaded',
  add: 'added',
  sign_in: 'signed in',
  set_issuers: '– providers changed',
  add_user: '– host user added',
  remove_user: '– host user taken out',
  add_member: '– member added',
  remove_member: '– member taken out',
  read: 'read',
  restore: 'restored',
  import: 'imported',
  export: 'exported',
  submit: 'submitted',
  save: 'saved',
  reassign: 'given to others',
  go_to: 'sent back',
  comment: 'commented',
  purge: 'deleted for good',
  empty: 'emptied',
};

/** Where object and act do not make a sentence. */
const actions: Record<string, string> = {
  'address.open': 'Address opened',
  'bin.delete': 'Deleted for good from the bin',
  'bin.restore': 'Restored from the bin',
  'grant.add': 'Shared process given to a partner',
  'grant.remove': 'Shared process taken from a partner',
  'host_user.link': 'Host user signed in for the first time',
  'host_user.update_self': 'Own settings changed',
  'instance.file_delete': 'File of an instance deleted',
  'instance.upload': 'File of an instance uploaded',
  'mail.send_again': 'Mail sent again',
  'member.bulk': 'Several members changed',
  'member.update_self': 'Own settings changed',
};

/** `member.suspend` as "Member suspended"; one that is not known as it stands. */
export function actionWords(action: string): string {
  if (actions[action]) return actions[action];
  const [object = '', act = ''] = action.split('.');
  if (!act) return action;
  const noun = (objectWords[object] ?? object).replaceAll('_', ' ');
  const verb = actWords[act] ?? act.replaceAll('_', ' ');
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${verb}`;
}
