// SPDX-License-Identifier: Apache-2.0
// Starting an instance, so that nothing is made twice.
import { api, ask } from '../../api/client';
import { onceEach } from '../../api/idempotency';
import { asProblem, type Problem } from '../../api/problem';
import type { Values } from '../../forms/document';
import { keptOf } from '../../instances/source';
import type { Begun } from '../../instances/InstanceForm.svelte';

interface Begin {
  shared_process_id: string;
  process_id: string;
  values: Values;
  submit: boolean;
}

/* Whether the server may have done what was asked although no answer came. */
const isUnsure = (problem: Problem) => problem.status === 0 || problem.status >= 500;

/**
 * Starts one instance, however often it is asked: calls meanwhile wait for the first, and when its answer was lost it
 * is sent again exactly as it was. The answer says whether the values given are those that were sent.
 */
export function starter(share: string, process: string): (values: Values, submit: boolean) => Promise<Begun> {
  const once = onceEach();
  let unsure: Begin | null = null;
  let running: Promise<Omit<Begun, 'sent'>> | null = null;

  async function send(body: Begin) {
    try {
      const answer = await ask(api.POST('/instances', { params: { header: once(body) }, body: body as never }));
      unsure = null;
      return keptOf(answer);
    } catch (thrown) {
      unsure = isUnsure(asProblem(thrown)) ? body : null;
      throw thrown;
    }
  }

  return async (values, submit) => {
    if (running) return { ...(await running), sent: false };
    const wanted: Begin = { shared_process_id: share, process_id: process, values, submit };
    const body = unsure ?? wanted;
    running = send(body);
    try {
      return { ...(await running), sent: JSON.stringify(body) === JSON.stringify(wanted) };
    } finally {
      running = null;
    }
  };
}
