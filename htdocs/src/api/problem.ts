// SPDX-License-Identifier: Apache-2.0
// What the server says when it says no (RFC 9457), as an exception.

export interface FieldFault {
  field: string;
  detail: string;
}

export interface ProblemDocument {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  remedy?: string;
  field?: string;
  errors?: FieldFault[];
  request_id?: string;
  [member: string]: unknown;
}

export class Problem extends Error {
  readonly status: number;
  readonly document: ProblemDocument;
  readonly requestId: string;

  constructor(status: number, document: ProblemDocument, requestId = '') {
    super(document.detail ?? document.title ?? `HTTP ${status}`);
    this.name = 'Problem';
    this.status = status;
    this.document = document;
    this.requestId = document.request_id ?? requestId;
  }

  /** What is wrong with one field of a form, or undefined. */
  at(field: string): string | undefined {
    const listed = this.document.errors?.find((e) => e.field === field);
    if (listed) return listed.detail;
    return this.document.field === field ? this.message : undefined;
  }

  /** Whether any of the form's fields shows this problem; if not, the form must show it itself. */
  isAt(fields: readonly string[]): boolean {
    return fields.some((f) => this.at(f) !== undefined);
  }
}

/** What is wrong, each with its field; of a sentence that begins with the field's path only the rest is for people. */
export function faultsOf(problem: Problem): FieldFault[] {
  const { errors, field } = problem.document;
  const faults = errors?.length ? errors : field ? [{ field, detail: problem.message }] : [];
  return faults.map((fault) => {
    const path = `"${fault.field}" `;
    if (!fault.detail.startsWith(path)) return fault;
    const rest = fault.detail.slice(path.length);
    return { field: fault.field, detail: rest.charAt(0).toUpperCase() + rest.slice(1) };
  });
}

/** Reads a failed response; an answer that is no problem document (a proxy's page) makes a plain one. */
export async function problemOf(response: Response): Promise<Problem> {
  const id = response.headers.get('X-Request-Id') ?? '';
  let document: ProblemDocument = {};
  try {
    if (/json/.test(response.headers.get('Content-Type') ?? '')) document = (await response.json()) as ProblemDocument;
  } catch {
    /* A cut-off body: the status alone has to do. */
  }
  return new Problem(response.status, document, id);
}

/** Anything thrown, as a Problem: no network is status 0. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem(0, { type: 'about:blank', title: 'unreachable', cause: text });
}
