// SPDX-License-Identifier: Apache-2.0
// Kinds of widgets, new ones, and what is missing in one before the server is asked.
import type { Schema } from '../../api/types';
import { safeLink } from '../../model/richtext';

export type Widget = Schema<'Widget'>;
export type DataWidget = Schema<'ListWidget'> | Schema<'TileWidget'> | Schema<'ChartWidget'>;

export function readsInstances(widget: Widget): widget is DataWidget {
  return widget.type === 'list' || widget.type === 'tile' || widget.type === 'chart';
}

export const widgetWords: Record<Widget['type'], { label: string; hint: string }> = {
  rich_text: { label: 'Text', hint: 'Headings, lists, links' },
  link: { label: 'Link', hint: 'A tile that leads somewhere' },
  image: { label: 'Picture', hint: 'PNG, JPEG or WebP' },
  list: { label: 'List', hint: 'Instances of a process' },
  tile: { label: 'Number', hint: 'How many instances, or a sum' },
  chart: { label: 'Chart', hint: 'Instances by status, month or choice' },
};

const widths = [
  { value: 3, label: 'Quarter' },
  { value: 4, label: 'Third' },
  { value: 6, label: 'Half' },
  { value: 8, label: 'Two thirds' },
  { value: 9, label: 'Three quarters' },
  { value: 12, label: 'Full' },
];

/** The widths that are offered; one that came by the API stays choosable. */
export function widgetWidths(now: number): { value: number; label: string }[] {
  if (widths.some((w) => w.value === now)) return widths;
  return [...widths, { value: now, label: `${now} of 12` }].sort((a, b) => a.value - b.value);
}

export function newWidget(type: Widget['type']): Widget {
  if (type === 'rich_text') return { type, width: 12, blocks: [] };
  if (type === 'link') return { type, width: 4, label: '', url: '', description: '' };
  if (type === 'image') return { type, width: 6, file: '', alt: '', url: null };
  const source = { kind: 'process' as const, process_id: '' };
  const common = { title: '', source, show: 'matching' as const, conditions: [] };
  if (type === 'list') return { type, width: 12, ...common, columns: ['reference', 'status', 'modified_at'], sort: '-modified_at', limit: 10 };
  if (type === 'tile') return { type, width: 3, ...common, measure: { function: 'count' } };
  return { type, width: 6, ...common, look: 'column', group_by: 'status', measure: { function: 'count' } };
}

function dataFaults(widget: DataWidget, at: string): Record<string, string> {
  const faults: Record<string, string> = {};
  if (!widget.title.trim()) faults[`${at}/title`] = 'Write a title.';
  if (!widget.source.process_id) faults[`${at}/source/process_id`] = 'Choose a process.';
  widget.conditions.forEach((c, i) => {
    if (!c.value.trim()) faults[`${at}/conditions/${i}/value`] = 'Say what it is compared with.';
  });
  if (widget.type === 'list' && !widget.columns.length) faults[`${at}/columns`] = 'Choose at least one column.';
  if (widget.type !== 'list' && widget.measure.function !== 'count' && !widget.measure.field) faults[`${at}/measure/field`] = 'Choose a number.';
  return faults;
}

/** What is missing, by the names the server would use: `widgets/0/url`. */
export function widgetFaults(widgets: Widget[]): Record<string, string> {
  const faults: Record<string, string> = {};
  widgets.forEach((widget, i) => {
    const at = `widgets/${i}`;
    if (widget.type === 'link') {
      if (!widget.label.trim()) faults[`${at}/label`] = 'Write a label.';
      if (!widget.url.trim()) faults[`${at}/url`] = 'Say where the link leads.';
      else if (!safeLink(widget.url)) faults[`${at}/url`] = 'Begin with https:// or with / for a place on the portal.';
    }
    if (readsInstances(widget)) Object.assign(faults, dataFaults(widget, at));
    if (widget.type === 'image') {
      if (!widget.file) faults[`${at}/file`] = 'Choose a picture, or remove this widget.';
      if (widget.url && !safeLink(widget.url)) faults[`${at}/url`] = 'Begin with https:// or with / for a place on the portal.';
    }
  });
  return faults;
}

/** An optional description that is empty is not sent. */
export function tidy(widgets: Widget[]): Widget[] {
  return widgets.map((widget) => {
    if (widget.type === 'tile' || widget.type === 'chart') {
      const { function: how, field } = widget.measure;
      return { ...widget, measure: how === 'count' ? { function: how } : { function: how, ...(field ? { field } : {}) } } as Widget;
    }
    if (widget.type !== 'link') return widget;
    const { description, ...rest } = widget;
    return description ? { ...rest, description } : rest;
  });
}

const shows = { matching: '', assigned: ' that wait for whoever looks', created: ' that whoever looks began' };

function showData(w: DataWidget): string {
  const where = w.conditions.map((c) => `${c.field.replace('field:', '')} ${c.op.replace('_', ' ')} ${c.value}`).join(' and ');
  return `${widgetWords[w.type].label} “${w.title}” of instances${shows[w.show]}${where ? ` where ${where}` : ''}`;
}

/** One line a widget, for the comparison of two versions. */
export function showWidgets(widgets: Widget[]): string {
  return widgets
    .map((w) => {
      if (w.type === 'link') return `Link “${w.label}” to ${w.url}`;
      if (readsInstances(w)) return showData(w);
      if (w.type === 'image') return `Picture “${w.alt || 'without words'}”`;
      const text = w.blocks
        .flatMap((b) => (b.type === 'list' ? b.items : [b.content]))
        .map((content) => content.map((t) => t.text).join(''))
        .join(' ');
      return `Text “${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
    })
    .join('\n');
}
