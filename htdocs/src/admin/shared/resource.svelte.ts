// SPDX-License-Identifier: Apache-2.0
// One thing from the API, with what went wrong. A newer call wins over an older one that answers late.

export class Resource<T> {
  data = $state.raw<T | null>(null);
  problem = $state.raw<unknown>(null);
  loading = $state(true);
  #fetch: () => Promise<T>;
  #call = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
  }

  /** What is shown stays while it is fetched again. */
  async load(): Promise<void> {
    const mine = ++this.#call;
    this.loading = true;
    try {
      const data = await this.#fetch();
      if (mine === this.#call) {
        this.data = data;
        this.problem = null;
      }
    } catch (thrown) {
      if (mine === this.#call) this.problem = thrown;
    } finally {
      if (mine === this.#call) this.loading = false;
    }
  }

  set(data: T): void {
    this.#call++;
    this.data = data;
    this.problem = null;
    this.loading = false;
  }
}
