// SPDX-License-Identifier: Apache-2.0
// A process while it is designed: what is typed, what it rests on, what is selected, the way back, what is wrong.
import { untrack } from 'svelte';
import { api, ask, ifMatch } from '../../api/client';
import { asProblem, faultsOf } from '../../api/problem';
import type { Schema } from '../../api/types';
import type { Field, Form, ProcessDocument } from '../../forms/document';
import { same, type Plain } from '../../model/conflict';
import { saveOrMerge } from '../../ui/conflict.svelte';
import { toast } from '../../ui/toasts.svelte';
import { checkDocument, type Places } from './check';
import { copyOf, fieldTitle, newField, newForm, renameField, settleSteps, tidy, usesOf } from './design';
import type { FieldKind } from './fieldKinds';
import { fillKeys, partLabels, putTogether, showPart, takeApart } from './merge';

export type Process = Schema<'Process'>;

export interface Head {
  title: string;
  name: string;
  category: string;
  administrators: Schema<'HostPrincipal'>[];
}

interface Told {
  message: string;
  /** What stood there when the server refused it: once it is changed, the message is old. */
  about: string;
}

const QUIET = 500;

const headOf = (p: Process): Head => ({ title: p.title, name: p.name, category: p.category, administrators: structuredClone(p.administrators) });
const documentOf = (p: Process): ProcessDocument => structuredClone(p.document) as unknown as ProcessDocument;

export class ProcessDraft {
  process = $state.raw<Process | null>(null);
  head = $state<Head>({ title: '', name: '', category: '', administrators: [] });
  document = $state<ProcessDocument>({ title: '', forms: [] });
  /** The form that is designed, and the field in it; null: the form itself. */
  form = $state(0);
  field = $state<number | null>(null);
  saving = $state(false);
  problem = $state.raw<unknown>(null);
  canUndo = $state(false);
  canRedo = $state(false);
  /** For screen readers: what an act did. */
  said = $state('');
  #told = $state.raw<Record<string, Told>>({});
  #checked = $state(false);
  #base = $state.raw<Process | null>(null);
  #past: string[] = [];
  #future: string[] = [];
  #committed = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  changed = $derived.by(() => {
    const base = this.#base;
    if (!base) return false;
    return (
      !same(tidy($state.snapshot(this.document)), tidy({ ...documentOf(base), title: this.document.title })) ||
      !same($state.snapshot(this.head), headOf(base))
    );
  });

  /** By place, "forms/1/fields/3/pattern": what the server refused and, once it was asked, what one can tell here. */
  problems = $derived.by((): Places => {
    const document = $state.snapshot(this.document) as ProcessDocument;
    const found: Places = this.#checked ? checkDocument(tidy(document)) : {};
    for (const [place, { message, about }] of Object.entries(this.#told)) {
      if (JSON.stringify(this.#thingAt(place) ?? null) === about) found[place] ??= message;
    }
    return found;
  });

  current = $derived<Form | undefined>(this.document.forms[this.form]);
  selected = $derived<Field | undefined>(this.field === null ? undefined : this.current?.fields[this.field]);

  #thingAt(place: string): unknown {
    const [, form, field] = /^forms\/(\d+)(?:\/fields\/(\d+))?/.exec(place) ?? [];
    if (form === undefined) return place in this.head ? this.head[place as keyof Head] : this.document[place as keyof ProcessDocument];
    const at = this.document.forms[Number(form)];
    return field === undefined ? at : at?.fields[Number(field)];
  }

  /** What is wrong at a place or within it. */
  at(place: string): string | undefined {
    return this.problems[place] ?? Object.entries(this.problems).find(([p]) => p.startsWith(`${place}/`))?.[1];
  }

  async load(): Promise<void> {
    this.problem = null;
    try {
      this.begin((await ask(api.GET('/processes/{process}', { params: { path: { process: this.id } } }))).data);
    } catch (thrown) {
      this.problem = thrown;
    }
  }

  begin(process: Process): void {
    const first = this.process === null;
    this.process = process;
    this.#base = process;
    this.head = headOf(process);
    this.document = documentOf(process);
    this.#told = {};
    this.#checked = false;
    this.problem = null;
    clearTimeout(this.#timer);
    this.#committed = this.#written();
    if (first) this.#past = this.#future = [];
    this.#steps();
    this.#clamp();
  }

  /* ---- the way back ---- */

  /* Without defaults: that a page writes one down is no change. */
  #written(): string {
    return JSON.stringify(tidy($state.snapshot(this.document)));
  }

  /** For an effect: notices what is typed, as one step when one pauses. */
  watch(): void {
    const now = this.#written();
    untrack(() => {
      if (now === this.#committed) return;
      this.canUndo = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#commit(), QUIET);
    });
  }

  #commit(): void {
    clearTimeout(this.#timer);
    const now = this.#written();
    if (now === this.#committed) return;
    this.#past = [...this.#past.slice(-99), this.#committed];
    this.#committed = now;
    this.#future = [];
    this.#steps();
  }

  #steps(): void {
    this.canUndo = this.#past.length > 0;
    this.canRedo = this.#future.length > 0;
  }

  #go(from: string[], to: string[]): boolean {
    const then = from.pop();
    if (then === undefined) return false;
    to.push(this.#committed);
    this.#committed = then;
    this.document = JSON.parse(then) as ProcessDocument;
    this.#steps();
    this.#clamp();
    return true;
  }

  undo(): void {
    this.#commit();
    if (this.#go(this.#past, this.#future)) this.said = 'Undone';
  }

  redo(): void {
    this.#commit();
    if (this.#go(this.#future, this.#past)) this.said = 'Done again';
  }

  /** One act, one step. */
  #act(said: string, work: () => void): void {
    this.#commit();
    work();
    this.#commit();
    this.said = said;
  }

  #clamp(): void {
    this.form = Math.max(0, Math.min(this.form, this.document.forms.length - 1));
    if (this.field !== null && this.field >= (this.current?.fields.length ?? 0)) this.field = null;
  }

  /* ---- acts on forms ---- */

  select(form: number, field: number | null = null): void {
    this.form = form;
    this.field = field;
  }

  addForm(): void {
    this.#act('Form added', () => this.document.forms.push(newForm(this.document)));
    this.select(this.document.forms.length - 1);
  }

  moveForm(from: number, to: number): void {
    if (to < 0 || to >= this.document.forms.length || from === to) return;
    const { title } = this.document.forms[from]!;
    this.#act(`“${title}” is form ${to + 1} of ${this.document.forms.length} now`, () => {
      const [form] = this.document.forms.splice(from, 1);
      this.document.forms.splice(to, 0, form!);
      settleSteps(this.document);
    });
    this.select(to);
  }

  copyForm(at: number): void {
    this.#act('Form copied', () => {
      const original = $state.snapshot(this.document.forms[at]!) as Form;
      const copy: Form = { ...structuredClone(original), name: newForm(this.document).name, title: `${original.title} (copy)`, fields: [] };
      if (at === 0 && !copy.owners) copy.owners = { creator: true };
      this.document.forms.splice(at + 1, 0, copy);
      const renamed = new Map<string, string>();
      for (const field of original.fields) {
        const made = copyOf(field, this.document);
        made.title = field.title ?? '';
        renamed.set(field.name, made.name);
        this.document.forms[at + 1]!.fields.push(made);
      }
      /* Conditions among the copies are about the copies. */
      const inside: ProcessDocument = { title: '', forms: [this.document.forms[at + 1]!] };
      for (const [from, to] of renamed) renameField(inside, from, to);
    });
    this.select(at + 1);
  }

  removeForm(at: number): void {
    const { title } = this.document.forms[at]!;
    this.#act(`“${title}” removed`, () => {
      this.document.forms.splice(at, 1);
      settleSteps(this.document);
    });
    this.#clamp();
    this.field = null;
    toast(`“${title}” removed.`, { undo: () => this.undo() });
  }

  /* ---- acts on fields ---- */

  addField(kind: FieldKind, at?: number): void {
    const fields = this.current?.fields;
    if (!fields) return;
    const place = at ?? (this.field === null ? fields.length : this.field + 1);
    const made = newField(kind, this.document);
    this.#act(`${kind.label} added at place ${place + 1}`, () => fields.splice(place, 0, made));
    this.field = place;
  }

  /** Within the form that is shown; TO is the place it has afterwards. */
  moveField(from: number, to: number): void {
    const fields = this.current?.fields;
    if (!fields || to < 0 || to >= fields.length || from === to) return;
    const title = fieldTitle(fields[from]!);
    this.#act(`“${title}” is at place ${to + 1} of ${fields.length} now`, () => {
      const [field] = fields.splice(from, 1);
      fields.splice(to, 0, field!);
    });
    this.field = to;
  }

  sendField(from: number, form: number): void {
    const fields = this.current?.fields;
    const target = this.document.forms[form];
    if (!fields || !target || form === this.form) return;
    const title = fieldTitle(fields[from]!);
    this.#act(`“${title}” is in “${target.title}” now`, () => {
      const [field] = fields.splice(from, 1);
      target.fields.push(field!);
    });
    this.select(form, target.fields.length - 1);
  }

  copyField(at: number): void {
    const fields = this.current?.fields;
    if (!fields) return;
    this.#act('Field copied', () => fields.splice(at + 1, 0, copyOf($state.snapshot(fields[at]!) as Field, this.document)));
    this.field = at + 1;
  }

  removeField(at: number): void {
    const fields = this.current?.fields;
    const field = fields?.[at];
    if (!fields || !field) return;
    const title = fieldTitle(field);
    const uses = usesOf(this.document, field.name);
    this.#act(`“${title}” removed`, () => fields.splice(at, 1));
    this.field = fields.length ? Math.min(at, fields.length - 1) : null;
    toast(`“${title}” removed.${uses.length ? ` It was named in ${uses.join(', ')}.` : ''}`, { undo: () => this.undo() });
  }

  /** A field whose name was never saved takes it from its title. */
  follows(field: Field): boolean {
    return !this.#base || !documentOf(this.#base).forms.some((f) => f.fields.some((g) => g.name === field.name));
  }

  /* ---- saving ---- */

  /** True when the draft is on the server as it is here. */
  async save(): Promise<boolean> {
    const base = this.#base;
    if (!base) return false;
    this.#commit();
    this.#checked = true;
    this.#told = {};
    this.problem = null;
    if (Object.keys(this.problems).length) return false;
    const document = { ...(tidy($state.snapshot(this.document)) as ProcessDocument), title: this.head.title.trim() };
    const mine = takeApart($state.snapshot(this.head) as unknown as Plain, document);
    const began = takeApart(headOf(base) as unknown as Plain, documentOf(base));
    fillKeys(mine, began);
    const labels = partLabels(began, mine);
    let on = base;
    let saved: Process | null = null;
    this.saving = true;
    try {
      const done = await saveOrMerge({
        base: began,
        mine,
        etag: base.etag,
        labels,
        show: showPart,
        save: async (parts) => {
          saved = await this.#send(parts, on);
        },
        load: async () => {
          on = (await ask(api.GET('/processes/{process}', { params: { path: { process: this.id } } }))).data;
          const theirs = takeApart(headOf(on) as unknown as Plain, documentOf(on));
          fillKeys(theirs, mine, began);
          Object.assign(labels, partLabels(theirs));
          return { data: theirs, etag: on.etag };
        },
      });
      if (!done || !saved) return false;
      this.begin(saved);
      return true;
    } catch (thrown) {
      this.#refused(thrown);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Sends what differs from ON, the server's present version. */
  async #send(parts: Plain, on: Process): Promise<Process> {
    const document = putTogether(parts);
    const head = parts as unknown as Head;
    const body: Schema<'ProcessPatch'> = {};
    document.title = head.title.trim();
    if (head.title.trim() !== on.title) body.title = head.title.trim();
    if (head.name !== on.name) body.name = head.name.trim();
    if (head.category !== on.category) body.category = head.category.trim();
    if (!same(head.administrators, on.administrators)) body.administrators = head.administrators.map(({ kind, id }) => ({ kind, id }));
    if (!same(tidy(document), tidy(documentOf(on)))) body.document = document as unknown as Schema<'ProcessDocument'>;
    if (!Object.keys(body).length) return on;
    const params = { path: { process: this.id }, ...ifMatch(on.etag) };
    return (await ask(api.PATCH('/processes/{process}', { params, body }))).data;
  }

  #refused(thrown: unknown): void {
    const faults = faultsOf(asProblem(thrown));
    const told: Record<string, Told> = {};
    for (const { field, detail } of faults) {
      const place = field.replace(/^document\//, '');
      told[place] ??= { message: detail, about: JSON.stringify(this.#thingAt(place) ?? null) };
    }
    this.#told = told;
    if (!faults.length) this.problem = thrown;
  }
}
