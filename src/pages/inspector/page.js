/* global EventSource, crypto, fetch, requestAnimationFrame, setInterval */

import { byId } from './dom.js';
import { ChartView } from './chart.js';
import { renderContext, renderFacts, renderPool } from './detail.js';
import { SequenceView } from './sequence.js';
import { inTreeOrder, TreeView } from './tree.js';

const PAGE = crypto.randomUUID();
const CONTEXT_EVERY_MS = 400;

let actors = new Map();
let charts = new Map();
let selected = null;
let followed = null;
let treeIsOld = false;
let contextIsOld = false;
let contextAtMs = 0;

const tree = new TreeView(byId('tree'), { onSelect: select });
const chartView = new ChartView(byId('chart'));
const sequence = new SequenceView({ onSelect: select });

function select(id) {
  selected = id;
  treeIsOld = contextIsOld = true;
  contextAtMs = 0;
}

function takeActors(list) {
  actors = new Map(list.map((actor) => [actor.id, actor]));
  sequence.name(inTreeOrder(actors));
  // The root, until somebody chooses.
  if (!actors.has(selected)) select(list[0]?.id ?? null);
  treeIsOld = contextIsOld = true;
}

function takeRecords(records) {
  for (const record of records) {
    if (record.kind !== 'change') continue;
    const { actor } = record;
    // A station that is followed is shown when it comes.
    if (!actors.has(actor.id) && actor.parent === null) select(actor.id);
    actors.set(actor.id, actor);
    treeIsOld = true;
    if (actor.id === selected) contextIsOld = true;
  }
  sequence.name(inTreeOrder(actors));
}

function takeFollowed(marketId) {
  followed = marketId;
  const form = byId('follow');
  form.querySelector('button').textContent = marketId === null ? 'Follow' : 'Unfollow';
  form.market.disabled = marketId !== null;
  byId('followed').textContent =
    marketId === null ? '' : `Following ${marketId}: its stations appear in the tree.`;
}

function connect() {
  const stream = new EventSource(`/stream?page=${PAGE}`);
  const on = (event, handle) => stream.addEventListener(event, ({ data }) => handle(JSON.parse(data)));
  on('hello', (hello) => {
    connection('live');
    byId('notice').textContent = hello.dropped
      ? 'This page did not keep up and was disconnected: events are missing.'
      : '';
    takeFollowed(hello.followed);
    takeActors(hello.actors);
    sequence.reset(hello.records);
  });
  on('records', (records) => {
    takeRecords(records);
    sequence.add(records);
  });
  on('actors', (told) => {
    takeFollowed(told.followed);
    takeActors(told.actors);
  });
  on('pool', (counters) => renderPool(byId('pool'), counters));
  on('detached', () => connection('detached'));
  stream.onerror = () => {
    if (byId('connection').textContent !== 'detached') connection('reconnecting');
  };
}

function connection(state) {
  const badge = byId('connection');
  badge.textContent = state;
  badge.className = `badge ${state}`;
}

/** Draws what has changed, once a frame at most. */
function draw() {
  const actor = actors.get(selected) ?? null;
  if (treeIsOld) {
    treeIsOld = false;
    tree.show(actors, selected);
    const titles = new Set([actor?.name ?? 'Statechart', actor?.machine ?? actor?.source ?? null]);
    byId('chart-title').textContent = [...titles].filter((title) => title !== null).join(' · ');
    byId('detail-title').textContent = actor === null ? 'Context' : `Context of ${actor.name}`;
    renderFacts(byId('facts'), actor, actors);
    void chartView.show(charts.get(actor?.machine) ?? null, actor);
  }
  if (contextIsOld && actor !== null && Date.now() - contextAtMs > CONTEXT_EVERY_MS) {
    contextIsOld = false;
    contextAtMs = Date.now();
    void showContext(actor.id);
  }
  requestAnimationFrame(draw);
}

async function showContext(id) {
  const context = await ask('GET', `/context?actor=${encodeURIComponent(id)}`);
  if (id === selected) renderContext(byId('context'), context);
}

/** @returns null when there is no such thing, or nobody answers */
async function ask(method, path, body) {
  try {
    const json = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(path, { method, ...(body !== undefined && json) });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

byId('follow').onsubmit = (event) => {
  event.preventDefault();
  const text = event.target.market.value.trim();
  if (followed === null && text === '') return;
  void ask('POST', '/follow', { marketId: followed === null ? Number(text) : null });
};
byId('detach').onclick = () => void ask('POST', '/detach');
setInterval(() => {
  treeIsOld = true;
}, 1000);

charts = new Map((await ask('GET', '/charts.json')).map((chart) => [chart.machine, chart]));
connect();
draw();
for (const chart of charts.values()) await chartView.prepare(chart);
