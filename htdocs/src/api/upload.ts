// SPDX-License-Identifier: Apache-2.0
// A file sent as it is, with progress and a way to stop; XMLHttpRequest, because fetch tells nothing about progress.
import { asProblem, Problem, problemOf } from './problem';
import { waitForSession } from './session.svelte';

export interface Upload {
  onprogress?: (fraction: number) => void;
  signal?: AbortSignal | undefined;
  /** What is said where the answer is not ours: a proxy's, or httpd's own for a body that is too large. */
  sentence?: (status: number) => string | undefined;
}

/** Resolves to the answer's JSON; rejects with a Problem, whose status is -1 when it was stopped. */
export function upload<T>(url: string, file: Blob, options: Upload = {}): Promise<T> {
  const { onprogress, signal, sentence } = options;
  return new Promise((resolve, reject) => {
    const stopped = () => reject(new Problem(-1, { title: 'stopped' }));
    if (signal?.aborted) return stopped();
    const xhr = new XMLHttpRequest();
    const stop = () => xhr.abort();
    signal?.addEventListener('abort', stop);
    xhr.open('POST', url);
    xhr.setRequestHeader('Content-Type', 'application/octet-stream');
    xhr.setRequestHeader('Accept', 'application/json, application/problem+json');
    xhr.upload.onprogress = (event) => event.lengthComputable && onprogress?.(event.loaded / event.total);
    xhr.onabort = stopped;
    xhr.onerror = () => reject(asProblem(new Error('network')));
    xhr.onloadend = () => signal?.removeEventListener('abort', stop);
    xhr.onload = async () => {
      if (xhr.status >= 200 && xhr.status < 300) return resolve(JSON.parse(xhr.responseText) as T);
      if (xhr.status === 401 && (await waitForSession())) return upload<T>(url, file, options).then(resolve, reject);
      const headers = {
        'Content-Type': xhr.getResponseHeader('Content-Type') ?? '',
        'X-Request-Id': xhr.getResponseHeader('X-Request-Id') ?? '',
      };
      const problem = await problemOf(new Response(xhr.responseText, { status: xhr.status || 500, headers }));
      const own = problem.document.detail ?? sentence?.(xhr.status);
      reject(own ? new Problem(problem.status, { ...problem.document, detail: own }, problem.requestId) : problem);
    };
    xhr.send(file);
  });
}
