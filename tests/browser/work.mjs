// SPDX-License-Identifier: Apache-2.0
// A process of the tests' own, shared with one partner of the demo: a report by its creator, then a check by a group.
import { deflateSync } from 'node:zlib';
import { api, assert, consoleUrl, open } from './harness.mjs';
import { member, person } from './people.mjs';

const administrator = person('the host', 'administrator').sub;

export const creator = member('Acme Fluid Systems', 'editor');
export const checker = member('Acme Fluid Systems', 'viewer');

const when = { field: 'urgent', is: 'equals', value: true };
const report = {
  name: 'report',
  title: 'Report',
  description: 'Tell us what is wrong.',
  fields: [
    { name: 'about', type: 'heading', text: 'What happened' },
    {
      name: 'product',
      title: 'Product',
      type: 'choice',
      appearance: 'dropdown',
      required: true,
      indexed: true,
      width: 6,
      options: [
        { value: 'valve', label: 'Valve' },
        { value: 'pump', label: 'Pump' },
      ],
    },
    { name: 'amount', title: 'Amount', type: 'number', format: 'currency', currency: 'EUR', min: 0, indexed: true, width: 6 },
    { name: 'urgent', title: 'Urgent', type: 'toggle', width: 6 },
    { name: 'why', title: 'Why is it urgent?', type: 'text', shown_when: when, required_when: when },
    { name: 'what', title: 'Description', type: 'text', multiline: true, required: true },
    { name: 'photos', title: 'Photographs', type: 'file', accept: ['image'], max_files: 3 },
  ],
};
const check = {
  name: 'check',
  title: 'Check',
  fields: [
    { name: 'finding', title: 'Finding', type: 'text', required: true },
    { name: 'accepted', title: 'Accepted', type: 'toggle' },
  ],
};

async function call(page, method, path, body, etag) {
  const answer = await api(page, method, path, { body, etag });
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.data)}`);
  return answer;
}

/** Publishes DOCUMENT as a process and sends it to the partner in a share of its own; `properties` are the process's in it. */
export async function shareProcess(console_, word, document, { groups = [], ...properties } = {}) {
  const partners = await call(console_, 'GET', '/portals/acme/partners?limit=200');
  const partner = partners.data.data.find((p) => p.name === 'Acme Fluid Systems');
  const made = await call(console_, 'POST', '/processes', { name: `test-${word}`, title: document.title, category: 'Tests', document });
  const process_id = made.data.id;
  await call(console_, 'POST', `/processes/${process_id}/publish`, undefined, made.etag);
  const share = await call(console_, 'POST', '/shared-processes', {
    title: `${document.title} of Acme`,
    instructions: 'Report each fault within three days.\nPhotographs help.',
    partner_groups: groups,
    processes: [
      {
        process_id,
        allow_create: true,
        creators: { everyone: true, groups: [] },
        creators_only_open: false,
        allow_delete: true,
        form_visibility: 'all',
        ...properties,
      },
    ],
  });
  await call(console_, 'PUT', `/shared-processes/${share.data.id}/partners/acme/${partner.id}`);
  const { etag } = await call(console_, 'GET', `/shared-processes/${share.data.id}`);
  await call(console_, 'POST', `/shared-processes/${share.data.id}/send-update`, { all: true }, etag);
  return { share: share.data.id, process: process_id, start: `/shared-processes/${share.data.id}/${process_id}/new` };
}

let ready;

/** The report and its check, made once for all tests. */
export function work() {
  ready ??= (async () => {
    const console_ = await open(`${consoleUrl}/`, { as: administrator });
    const word = Date.now().toString(36);
    const group = `Checkers ${word}`;
    const made = await call(console_, 'POST', '/portals/acme/groups', { name: group });
    const found = await call(console_, 'GET', `/portals/acme/members?q=${encodeURIComponent(checker.email)}`);
    await call(console_, 'PUT', `/portals/acme/groups/${made.data.id}/members/${found.data.data[0].id}`);
    const document = {
      title: `Fault ${word}`,
      description: 'A fault of something that was delivered.',
      reference_pattern: '[name]-[number:4]',
      delete_rule: 'creator',
      forms: [
        { ...report, owners: {} },
        { ...check, owners: { partner_groups: [group] } },
      ],
    };
    /* A second one, so that there is a choice. */
    await shareProcess(console_, `${word}-question`, { ...document, title: `Question ${word}`, forms: [{ ...report, owners: {} }] });
    return { group, title: document.title, ...(await shareProcess(console_, word, document, { groups: [group] })) };
  })();
  return ready;
}

/** An instance begun by the page's person, as its first save makes it. */
export async function begin(page, values, submit = false) {
  const { share, process } = await work();
  const made = await call(page, 'POST', '/instances', { shared_process_id: share, process_id: process, values, submit });
  return { id: made.data.id, reference: made.data.reference, etag: made.etag };
}

/** A group with the checker in it, until remove() is called. */
export async function passingGroup() {
  const console_ = await open(`${consoleUrl}/`, { as: administrator });
  const name = `Passing ${Date.now().toString(36)}`;
  const { data: made, etag } = await call(console_, 'POST', '/portals/acme/groups', { name });
  const found = await call(console_, 'GET', `/portals/acme/members?q=${encodeURIComponent(checker.email)}`);
  await call(console_, 'PUT', `/portals/acme/groups/${made.id}/members/${found.data.data[0].id}`);
  return { name, remove: () => call(console_, 'DELETE', `/portals/acme/groups/${made.id}`, undefined, etag) };
}

/** A picture of 1 by 1 points, whose content says that it is one. */
export function png() {
  const table = Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n >>> 0;
  });
  const crc = (bytes) => ~bytes.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), ~0);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeInt32BE(crc(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([magic, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(4))), chunk('IEND', Buffer.alloc(0))]);
}
export const photo = (name) => ({ name, mimeType: 'image/png', buffer: png() });
