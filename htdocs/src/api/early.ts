// SPDX-License-Identifier: Apache-2.0
// Answers asked for before the application is there to ask: its first calls find them on their way.

const asked = new Map<string, Promise<Response>>();

/* With all of its body, so that whoever takes it need not wait for that. */
async function wholly(response: Response): Promise<Response> {
  const { status, statusText, headers } = response;
  return new Response(await response.arrayBuffer(), { status, statusText, headers });
}

/** Begins to fetch a path of the API; the first GET of it by the client takes the answer. */
export function askEarly(path: string): void {
  const answer = fetch(`/api/v1${path}`, { headers: { Accept: 'application/json, application/problem+json' } }).then(wholly);
  /* Whoever takes it hears of a failure; nobody else has to. */
  answer.catch(() => {});
  asked.set(`/api/v1${path}`, answer);
}

/** The answer that REQUEST wants, if it was asked for; it is there once. */
export function takeEarly(request: Request): Promise<Response> | undefined {
  if (asked.size === 0 || request.method !== 'GET') return undefined;
  const { pathname, search } = new URL(request.url);
  const answer = asked.get(pathname + search);
  asked.delete(pathname + search);
  return answer;
}
