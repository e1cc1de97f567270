// SPDX-License-Identifier: Apache-2.0
// What is being dragged: a new kind of field, a field of the form that is shown, a form. The browser tells only its own
// kinds while something is over a place, so it is kept here.
import type { FieldKind } from './fieldKinds';

type Dragged = { what: 'kind'; kind: FieldKind } | { what: 'field'; at: number } | { what: 'form'; at: number };

class Dragging {
  now = $state.raw<Dragged | null>(null);

  begin(event: DragEvent, dragged: Dragged, text: string): void {
    event.dataTransfer?.setData('text/plain', text);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = dragged.what === 'kind' ? 'copy' : 'move';
    this.now = dragged;
  }

  end(): void {
    this.now = null;
  }
}

export const dragging = new Dragging();
