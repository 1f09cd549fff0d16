import { byId, clock, el, eventLabel, stateLabel } from './dom.js';

const MAX_ROWS = 300;
const LANE = 74;

/** Events between actors as rows over lifelines: filtered, searched, paused. */
export class SequenceView {
  #box = byId('sequence');
  #records = [];
  #lanes = [];
  /** What the rows show. */
  #shown = [];
  #names = new Map();
  #rows = el('div', { class: 'rows' });
  #head = el('div', { class: 'lanes' });
  #paused = false;
  #missed = 0;
  #hit = -1;
  #onSelect;

  constructor({ onSelect }) {
    this.#onSelect = onSelect;
    this.#box.append(this.#head, this.#rows);
    for (const id of ['only', 'kind-event', 'kind-change', 'kind-life', 'filter']) {
      byId(id).addEventListener('input', () => this.#renderAll());
    }
    byId('search').addEventListener('input', () => this.#renderAll());
    byId('search').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#jump(event.shiftKey ? -1 : 1);
    });
    byId('pause').onclick = () => this.#pause(!this.#paused);
    byId('clear').onclick = () => this.reset([]);
  }

  /** Everything anew. */
  reset(records) {
    this.#records = [];
    this.#lanes = [];
    this.#missed = 0;
    this.#take(records);
    this.#renderAll();
  }

  add(records) {
    this.#take(records);
    if (this.#paused) {
      this.#missed += records.length;
      this.#labelPause();
      return;
    }
    const matching = records.filter((record) => this.#matches(record));
    // A lifeline more, or one that no row touches any more: all rows change.
    const shown = [...this.#shown, ...matching].slice(-MAX_ROWS);
    const touched = new Set(shown.flatMap((record) => [sourceOf(record), actorOf(record)]));
    if (this.#lanes.length !== touched.size || this.#lanes.some((id) => !touched.has(id))) this.#renderAll();
    else this.#append(matching);
  }

  /** Names for lifelines, in the order of the tree. Actors that are gone keep theirs. */
  name(ordered) {
    const names = new Map(ordered.map(({ actor }) => [actor.id, actor.name]));
    const isNew = [...names.keys()].some((id) => !this.#names.has(id));
    for (const [id, name] of this.#names) if (!names.has(id)) names.set(id, name);
    this.#names = names;
    if (isNew) this.#fillOnly();
  }

  #take(records) {
    this.#records.push(...records);
    // What is shown while paused stays.
    const max = this.#paused ? 20_000 : 5_000;
    if (this.#records.length > max) this.#records.splice(0, this.#records.length - max);
  }

  #matches(record) {
    const only = byId('only').value;
    const kind = kindOf(record);
    if (kind === 'none') return false;
    if (!byId(`kind-${kind}`).checked) return false;
    if (only !== '' && only !== actorOf(record) && only !== sourceOf(record)) return false;
    const text = byId('filter').value.trim().toLowerCase();
    return text === '' || this.#textOf(record).toLowerCase().includes(text);
  }

  #textOf(record) {
    return `${this.#nameOf(sourceOf(record))} ${this.#nameOf(actorOf(record))} ${this.#wordsOf(record)}`;
  }

  #wordsOf(record) {
    if (record.kind === 'event') {
      const child = record.from === null ? undefined : this.#nameOf(record.from);
      return [eventLabel(record.type, child), record.detail].filter((part) => part !== '').join('  ');
    }
    const { before, actor } = record;
    if (before === null) return `start: ${stateLabel(actor)}`;
    return before.length === 0 ? stateLabel(actor) : `${before.join(', ')} → ${stateLabel(actor)}`;
  }

  #nameOf(id) {
    if (id === null) return 'outside';
    return this.#names.get(id) ?? id.split('/').at(-1);
  }

  #renderAll() {
    const matching = this.#records.filter((record) => this.#matches(record)).slice(-MAX_ROWS);
    this.#drawLanes(matching);
    this.#shown = [];
    this.#hit = -1;
    this.#rows.replaceChildren();
    this.#append(matching);
    if (matching.length === 0) this.#rows.replaceChildren(el('p', { class: 'empty' }, 'Nothing yet.'));
  }

  #drawLanes(records) {
    const lanes = new Set(records.flatMap((record) => [sourceOf(record), actorOf(record)]));
    const order = [null, ...this.#names.keys()];
    this.#lanes = [...lanes].sort((a, b) => order.indexOf(a) - order.indexOf(b));
    this.#head.replaceChildren(
      el('span', { class: 'time' }, 'time'),
      el('span', { class: 'words' }, 'event'),
      ...this.#lanes.map((id) =>
        el(
          'button',
          {
            class: 'lane',
            title: id ?? 'not one of the actors: timers of the wiring, signals, the pool',
            onclick: () => id !== null && this.#onSelect(id),
          },
          this.#nameOf(id),
        ),
      ),
    );
    this.#box.style.setProperty('--lanes', this.#lanes.length);
    this.#box.style.setProperty('--lane', `${LANE}px`);
  }

  #append(records) {
    this.#shown = [...this.#shown, ...records].slice(-MAX_ROWS);
    const atEnd = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < 40;
    this.#rows.querySelector('.empty')?.remove();
    this.#rows.append(...records.slice(-MAX_ROWS).map((record) => this.#row(record)));
    while (this.#rows.children.length > MAX_ROWS) this.#rows.firstChild.remove();
    if (atEnd) this.#box.scrollTop = this.#box.scrollHeight;
    this.#count();
  }

  #row(record) {
    const target = actorOf(record);
    const to = this.#lanes.indexOf(target);
    const from = this.#lanes.indexOf(sourceOf(record));
    const marker = el('span', { class: from === to ? 'point' : to > from ? 'arrow right' : 'arrow left' });
    marker.style.setProperty('--from', Math.min(from, to));
    marker.style.setProperty('--span', Math.abs(to - from));
    const words = el('span', { class: 'words' });
    marked(words, this.#wordsOf(record), byId('search').value.trim());
    const row = el(
      'button',
      {
        class: `row ${kindOf(record)}`,
        'data-seq': record.seq,
        title: `${this.#nameOf(sourceOf(record))} → ${this.#nameOf(target)}: ${this.#wordsOf(record)}`,
        onclick: () => this.#onSelect(target),
      },
      el('span', { class: 'time' }, clock(record.atMs)),
      words,
      el('span', { class: 'track' }, marker),
    );
    return row;
  }

  #count() {
    const hits = this.#rows.querySelectorAll('mark').length;
    byId('hits').textContent = byId('search').value.trim() === '' ? '' : `${hits} found`;
  }

  #jump(step) {
    const hits = [...this.#rows.querySelectorAll('mark')];
    if (hits.length === 0) return;
    hits[this.#hit]?.classList.remove('hit');
    this.#hit = (this.#hit + step + hits.length) % hits.length;
    const hit = hits[this.#hit];
    hit.classList.add('hit');
    hit.scrollIntoView({ block: 'center' });
    byId('hits').textContent = `${this.#hit + 1} of ${hits.length}`;
  }

  #pause(paused) {
    this.#paused = paused;
    if (!paused) {
      this.#missed = 0;
      this.#renderAll();
      this.#box.scrollTop = this.#box.scrollHeight;
    }
    this.#labelPause();
  }

  #labelPause() {
    const button = byId('pause');
    button.setAttribute('aria-pressed', String(this.#paused));
    button.textContent = this.#paused ? `Resume (${this.#missed} new)` : 'Pause';
  }

  #fillOnly() {
    const select = byId('only');
    const chosen = select.value;
    select.replaceChildren(
      el('option', { value: '' }, 'all actors'),
      ...[...this.#names].map(([id, name]) =>
        el('option', { value: id, title: id }, name === id ? name : `${name} (${id})`),
      ),
    );
    select.value = chosen;
  }
}

function actorOf(record) {
  return record.kind === 'event' ? record.to : record.actor.id;
}

/** Null: nobody of the tree. */
function sourceOf(record) {
  if (record.kind === 'event') return record.from;
  return record.before === null ? record.actor.parent : record.actor.id;
}

function kindOf(record) {
  if (record.kind === 'event') return /^xstate\.(done|error)\b/.test(record.type) ? 'life' : 'event';
  const { before, actor } = record;
  // Told by an event of its own.
  if (actor.machine === null && actor.status === 'done') return 'none';
  if (before === null || actor.status !== 'active') return 'life';
  // A transition back into the same state is seen in the statechart.
  return before.join() === actor.states.join() ? 'none' : 'change';
}

/** The text with every hit of the search marked. */
function marked(node, text, search) {
  if (search === '') {
    node.textContent = text;
    return;
  }
  const lower = text.toLowerCase();
  let from = 0;
  for (
    let at = lower.indexOf(search.toLowerCase());
    at >= 0;
    at = lower.indexOf(search.toLowerCase(), from)
  ) {
    node.append(text.slice(from, at), el('mark', {}, text.slice(at, at + search.length)));
    from = at + search.length;
  }
  node.append(text.slice(from));
}
