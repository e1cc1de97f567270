// SPDX-License-Identifier: Apache-2.0
// The one way to the API: typed by docs/openapi.yaml, errors as Problem, sessions renewed in place.
import createClient from 'openapi-fetch';
import { takeEarly } from './early';
import { Problem, asProblem, problemOf, type ProblemDocument } from './problem';
import type { paths } from './schema';
import { rememberOwner, waitForSession } from './session.svelte';

/** Sends a request; on 401 waits until the user has signed in again and sends it once more. */
async function send(request: Request): Promise<Response> {
  const spare = request.clone();
  const response = await (takeEarly(request) ?? fetch(request));
  if (response.ok && new URL(request.url).pathname === '/api/v1/session') rememberOwner(await response.clone().json());
  if (response.status !== 401) return response;
  return (await waitForSession()) ? send(spare) : response;
}

export const api = createClient<paths>({
  baseUrl: '/api/v1',
  fetch: send,
  credentials: 'same-origin',
  headers: { Accept: 'application/json, application/problem+json' },
});

export interface Answer<T> {
  data: T;
  /** The version, to be given back as `If-Match`. */
  etag: string;
  response: Response;
}

interface FetchResult<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Unwraps a call of `api`: the data, or a Problem thrown. `const {data, etag} = await ask(api.GET(…))`. */
export async function ask<T>(call: Promise<FetchResult<T>>): Promise<Answer<T>> {
  let result: FetchResult<T>;
  try {
    result = await call;
  } catch (thrown) {
    throw asProblem(thrown);
  }
  const { data, error, response } = result;
  if (!response.ok) {
    const id = response.headers.get('X-Request-Id') ?? '';
    if (error && typeof error === 'object') throw new Problem(response.status, error as ProblemDocument, id);
    throw new Problem(response.status, {}, id);
  }
  return { data: data as T, etag: response.headers.get('ETag') ?? '', response };
}

/** A file of the API as it is, or a Problem thrown. */
export async function fetchFile(url: string): Promise<Blob> {
  let response: Response;
  try {
    response = await send(new Request(url, { credentials: 'same-origin' }));
    if (response.ok) return await response.blob();
  } catch (thrown) {
    throw asProblem(thrown);
  }
  throw await problemOf(response);
}

/** The parameters member that carries a version: `api.PATCH(p, {params: {...ifMatch(etag), path}})`. */
export function ifMatch(etag: string): { header: { 'If-Match': string } } {
  return { header: { 'If-Match': etag } };
}

export interface UploadedImage {
  file: string;
  type: string;
  width: number;
  height: number;
}

/** Sends an image as it is to PATH; XMLHttpRequest, because fetch tells nothing about progress. */
export function uploadImage(file: Blob, onProgress: (fraction: number) => void = () => {}, path = '/images'): Promise<UploadedImage> {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', `/api/v1${path}`);
    xhr.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    xhr.setRequestHeader('Accept', 'application/json, application/problem+json');
    xhr.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total);
    xhr.onerror = () => reject(asProblem(new Error('network')));
    xhr.onload = async () => {
      if (xhr.status >= 200 && xhr.status < 300) return resolve(JSON.parse(xhr.responseText) as UploadedImage);
      if (xhr.status === 401) {
        if (await waitForSession()) return uploadImage(file, onProgress, path).then(resolve, reject);
      }
      const headers = {
        'Content-Type': xhr.getResponseHeader('Content-Type') ?? '',
        'X-Request-Id': xhr.getResponseHeader('X-Request-Id') ?? '',
      };
      reject(await problemOf(new Response(xhr.responseText, { status: xhr.status || 500, headers })));
    };
    xhr.send(file);
  });
}
