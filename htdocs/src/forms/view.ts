// SPDX-License-Identifier: Apache-2.0
// What the renderer of forms asks of the page around it.
import type { Field, Person } from './document';

/** The context that has, on a portal, where pictures are shown: a function whose text is added to their addresses. */
export const PICTURES = Symbol('pictures');

export interface FormFile {
  id: string;
  name: string;
  /** In bytes. */
  bytes?: number;
  /** Where it can be fetched from. */
  url?: string;
}

/** Without it, files can be looked at and not added. */
export interface FormFiles {
  /** Sends a file for FIELD; throws a Problem, also when SIGNAL stops it. */
  upload: (field: Field, file: File, progress: (fraction: number) => void, signal: AbortSignal) => Promise<FormFile>;
  /** Told of each choice of files: SENT becomes true when all of them have arrived, false when one has not. */
  sending?: (field: Field, sent: Promise<boolean>) => void;
  /** The name of a file that is a value already. */
  info: (id: string) => FormFile | undefined;
  /** Told when a file that was just sent is taken out again, so that it need not stay on the server. */
  dropped?: (id: string) => void;
  /** In bytes; larger ones are not sent. */
  limit?: number;
}

export interface FoundPerson extends Person {
  name: string;
  hint?: string;
}

export interface FormPeople {
  find: (field: Field, typed: string) => Promise<FoundPerson[]>;
  /** The name of a person who is a value already. */
  name: (person: Person) => string | undefined;
}

/** What a control gets from the field around it, to be put on its element. */
export interface ControlAttributes {
  id: string;
  'aria-describedby'?: string | undefined;
  'aria-invalid'?: 'true' | undefined;
  'aria-required'?: 'true' | undefined;
  'aria-label'?: string | undefined;
  'aria-labelledby'?: string | undefined;
}
