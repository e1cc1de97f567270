// SPDX-License-Identifier: Apache-2.0
// Acts that have no form to show a failure in: it is told in the corner, with the request id.
import { asProblem } from '../../api/problem';
import { t } from '../../i18n/index.svelte';
import { toast } from '../../ui/toasts.svelte';

export function tellProblem(thrown: unknown): void {
  const problem = asProblem(thrown);
  const text = problem.status === 0 ? `${t('problem.unreachable')}. ${t('problem.unreachable_hint')}` : problem.message;
  toast(problem.requestId ? `${text} (${t('ui.request_id')} ${problem.requestId})` : text, { kind: 'bad', seconds: 20 });
}

/** Does something; true when it worked. */
export async function attempt(work: () => unknown): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (thrown) {
    tellProblem(thrown);
    return false;
  }
}
