// SPDX-License-Identifier: Apache-2.0
// What a form holds until it is saved: the values it began with, the typed ones, the version they rest on.
import { tick } from 'svelte';
import { asProblem, Problem } from '../../api/problem';
import { same, type Plain } from '../../model/conflict';
import { confirmAct } from '../../ui/confirm.svelte';
import { saveOrMerge } from '../../ui/conflict.svelte';
import { guardLeaving } from '../../ui/router.svelte';

interface Versioned<R> {
  data: R;
  etag: string;
}

interface DraftOptions<T extends Plain, R> {
  /** The form's values of what the server sent. */
  pick: (resource: R) => T;
  load: () => Promise<Versioned<R>>;
  /** Sends the changed members only. */
  patch: (changes: Partial<T>, etag: string) => Promise<Versioned<R>>;
  labels: Record<string, string>;
  show?: (field: string, value: unknown) => string;
}

/** The members of `values` that differ from `base`. */
export function changesOf<T extends Plain>(base: Plain, values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([field, value]) => !same(value, base[field]))) as Partial<T>;
}

export class Draft<T extends Plain, R = T> {
  base = $state.raw<T>({} as T);
  values = $state<T>({} as T);
  saving = $state(false);
  problem = $state.raw<unknown>(null);
  changed = $derived(Object.keys(changesOf(this.base, $state.snapshot(this.values) as T)).length > 0);
  #etag = '';
  #options: DraftOptions<T, R>;

  constructor(options: DraftOptions<T, R>) {
    this.#options = options;
  }

  begin({ data, etag }: Versioned<R>): void {
    this.base = this.#options.pick(data);
    this.values = structuredClone(this.base);
    this.#etag = etag;
    this.problem = null;
  }

  undo(): void {
    this.values = structuredClone(this.base);
    this.problem = null;
  }

  /** What is wrong with one field. */
  error(field: string): string | undefined {
    return this.problem === null ? undefined : asProblem(this.problem).at(field);
  }

  /** The problem, unless one of the form's fields shows it. */
  rest(fields: readonly string[]): unknown {
    return this.problem instanceof Problem && this.problem.isAt(fields) ? null : this.problem;
  }

  /** Saves, asking where somebody else saved meanwhile. The server's answer, or null when it was not saved. */
  async save(): Promise<R | null> {
    const { load, patch, labels, show, pick } = this.#options;
    let saved: Versioned<R> | null = null;
    let base: Plain = this.base;
    this.saving = true;
    this.problem = null;
    try {
      const done = await saveOrMerge<T>({
        base: this.base,
        mine: $state.snapshot(this.values) as T,
        etag: this.#etag,
        labels,
        ...(show ? { show } : {}),
        save: async (values, etag) => {
          const changes = changesOf(base, values);
          saved = Object.keys(changes).length ? await patch(changes, etag) : await load();
        },
        load: async () => {
          const theirs = await load();
          base = pick(theirs.data);
          return { data: base, etag: theirs.etag };
        },
      });
      if (!done || !saved) return null;
      this.begin(saved);
      return (saved as Versioned<R>).data;
    } catch (thrown) {
      this.problem = thrown;
      focusFirstError();
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** For a page's effect: asks before unsaved values are left behind. Returns the way to stop. */
  guard(): () => void {
    return guardUnsaved(() => this.changed);
  }
}

/** Asks before the page is left while something is CHANGED; its own sections, at and below WITHIN, are not leaving. */
export function guardUnsaved(changed: () => boolean, within?: string): () => void {
  const stop = guardLeaving(
    (to) =>
      !changed() ||
      (within !== undefined && (to === within || to.startsWith(`${within}/`))) ||
      confirmAct({
        title: 'Leave without saving?',
        sentence: 'What you changed on this page is not saved yet and would be lost.',
        act: 'Leave without saving',
        danger: true,
      }),
  );
  const unload = (event: BeforeUnloadEvent) => changed() && event.preventDefault();
  addEventListener('beforeunload', unload);
  return () => {
    stop();
    removeEventListener('beforeunload', unload);
  };
}

/** After a refused save the cursor goes to the first field that is wrong: as soon as it is marked, not where one types again. */
export function focusFirstError(): void {
  void tick().then(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
