// SPDX-License-Identifier: Apache-2.0
// What of a process a widget may ask for: the forms and fields of its published version.
import { api, ask } from '../../api/client';
import type { Schema } from '../../api/types';
import { showingTypes, type ProcessDocument } from '../../forms/document';

export interface FieldChoice {
  name: string;
  title: string;
  type: string;
  indexed: boolean;
  options: { value: string; label: string }[];
}

export interface ProcessFields {
  title: string;
  statuses: { value: string; label: string }[];
  fields: FieldChoice[];
}

export function fieldsOf(document: ProcessDocument): ProcessFields {
  const fields: FieldChoice[] = [];
  for (const form of document.forms) {
    for (const field of form.fields ?? []) {
      if ((showingTypes as string[]).includes(field.type)) continue;
      fields.push({ name: field.name, title: field.title ?? field.name, type: field.type, indexed: !!field.indexed, options: field.options ?? [] });
    }
  }
  const statuses = document.forms.map((f) => ({ value: f.name, label: f.title }));
  return { title: document.title, statuses: [...statuses, { value: 'completed', label: 'Completed' }], fields };
}

const known: Record<string, Promise<ProcessFields | null>> = {};

/** null: the process was never published. Asked once while the console is open; `again` asks anew. */
export function loadFields(process: string, again = false): Promise<ProcessFields | null> {
  if (again) delete known[process];
  return (known[process] ??= (async () => {
    const path = { process };
    const { data } = await ask(api.GET('/processes/{process}', { params: { path } }));
    const label = (data as Schema<'Process'>).published_version;
    if (!label) return null;
    const version = await ask(api.GET('/processes/{process}/versions/{label}', { params: { path: { process, label } } }));
    return fieldsOf(version.data.document as unknown as ProcessDocument);
  })().catch((thrown: unknown) => {
    delete known[process];
    throw thrown;
  }));
}
