// SPDX-License-Identifier: Apache-2.0
// Places of a document in words.
import type { ProcessDocument, SecurityMode } from '../../forms/document';
import { fieldTitle } from './design';

/** What others than the security users may do. */
export const securityModeWords: Record<SecurityMode, string> = {
  off: 'Off',
  others_view: 'Others only look',
  assigned: 'Others see what is theirs',
  only: 'Security users only',
};

const memberWords: Record<string, string> = {
  reference_pattern: 'Reference',
  delete_rule: 'Who may delete',
  submit: 'Submit sends',
  opens_with_previous: 'opens together with the previous form',
  security: 'Security',
  shown_when: 'shown when',
  required_when: 'needed when',
  locked_when: 'locked when',
  max_length: 'longest',
  min_length: 'shortest',
  min: 'least',
  max: 'most',
  min_choices: 'at least',
  max_choices: 'at most',
  max_files: 'at most',
  max_people: 'at most',
  min_rows: 'rows at least',
  max_rows: 'rows at most',
  default: 'begins with',
  accept: 'takes',
  from_partner: 'who can be chosen',
  file: 'picture',
  alt: 'what the picture shows',
  text: 'heading',
  content: 'text',
  label: 'words',
  url: 'where it leads',
};

/** "document/forms/1/fields/3/pattern" as "Assessment › Article number › pattern". */
export function placeWords(place: string, document: ProcessDocument | null | undefined): string {
  const path = place.replace(/^document\//, '').split('/');
  const words: string[] = [];
  if (path[0] === 'forms' && path[1] !== undefined) {
    const form = document?.forms?.[Number(path[1])];
    words.push(form?.title || `Form ${Number(path[1]) + 1}`);
    path.splice(0, 2);
    const [fields, at] = path as (string | undefined)[];
    if (fields === 'fields' && at !== undefined) {
      const field = form?.fields?.[Number(at)];
      words.push(field ? fieldTitle(field) : `field ${Number(at) + 1}`);
      path.splice(0, 2);
    }
    if (fields === 'actions' && at !== undefined) {
      words.push(form?.actions?.[Number(at)]?.title || `action ${Number(at) + 1}`);
      path.splice(0, 2);
    }
  }
  if (path[0]) words.push(memberWords[path[0]] ?? path[0].replaceAll('_', ' '));
  if (path[1] !== undefined && /^\d+$/.test(path[1])) words.push(String(Number(path[1]) + 1));
  const text = words.join(' › ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
