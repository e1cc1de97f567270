// SPDX-License-Identifier: Apache-2.0
// A form sent twice (a slow network, a new sign-in) makes one thing: the same body goes with the same key.

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** One per form: `const once = onceEach(); … params: { header: once(body) }`. */
export function onceEach(): (body: unknown) => { 'Idempotency-Key': string } {
  let last = '';
  let key = '';
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== last || key === '') {
      last = text;
      key = randomKey();
    }
    return { 'Idempotency-Key': key };
  };
}
