// SPDX-License-Identifier: Apache-2.0
// The kit's heaviest part is fetched once, beside everything else, so that dialogs open with all their fields.
import type Combobox from '../../ui/Combobox.svelte';

class LazyPart {
  part = $state.raw<typeof Combobox | null>(null);
  #fetching: Promise<void> | null = null;

  fetch(): Promise<void> {
    this.#fetching ??= import('../../ui/Combobox.svelte').then(
      (module) => {
        this.part = module.default;
      },
      () => {
        this.#fetching = null;
      },
    );
    return this.#fetching;
  }
}

export const combobox = new LazyPart();
