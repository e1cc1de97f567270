// SPDX-License-Identifier: Apache-2.0
// What a file field takes. The server looks at the content; this only spares a vain upload.
import { faultsOf, type Problem } from '../api/problem';
import type { Field, FileKind } from './document';
import { say } from './words';

const kinds: FileKind[] = ['image', 'pdf', 'document', 'spreadsheet', 'text', 'archive'];

const endings: Record<FileKind, string> = {
  image: 'image/png,image/jpeg,image/webp,image/gif',
  pdf: '.pdf',
  document: '.docx,.pptx,.odt',
  spreadsheet: '.xlsx,.ods',
  text: '.txt,.csv,.tsv,.md,.log,.json,.yaml,.yml,.ics,.vcf',
  archive: '.zip',
};

const accepted = (field: Field) => (field.accept?.length ? field.accept : kinds);

/** For the file chooser. */
export function typesOf(field: Field): string {
  return accepted(field)
    .map((kind) => endings[kind])
    .join(',');
}

/** "PDF, pictures". */
export function fileKinds(field: Field): string {
  const words = accepted(field)
    .map((kind) => say(`kind_${kind}`))
    .join(', ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Why a file was not taken. What people meet again and again is said in their language. */
export function refusalOf(problem: Problem, field: Field): string | undefined {
  if (problem.status === 415) return say('file_kind', { kinds: fileKinds(field) });
  if (problem.document.field === 'name') return say('file_ending');
  return faultsOf(problem)[0]?.detail ?? problem.document.detail;
}

export function bytesText(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 && at ? 1 : 0 }).format(size)} ${units[at]}`;
}
