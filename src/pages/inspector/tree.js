import { age, el, stateLabel } from './dom.js';

const ENDED_SHOWN_MS = 5_000;

/** Actors with their depth, children after their parents. */
export function inTreeOrder(actors) {
  const children = Map.groupBy(actors.values(), ({ parent }) => (actors.has(parent) ? parent : null));
  const below = (parent, depth) =>
    (children.get(parent) ?? []).flatMap((actor) => [{ actor, depth }, ...below(actor.id, depth + 1)]);
  return below(null, 0);
}

/** The actor tree: name, machine, state, and how long it has been in it. */
export class TreeView {
  #box;
  #onSelect;
  /** Rows are kept and changed in place: a click begins and ends on the same one. */
  #rows = new Map();

  constructor(box, { onSelect }) {
    this.#box = box;
    this.#onSelect = onSelect;
  }

  show(actors, selected) {
    const shown = new Map([...actors].filter(([id, actor]) => id === selected || isWorthShowing(actor)));
    const order = inTreeOrder(shown).map(({ actor, depth }) =>
      this.#row(actor, depth, actor.id === selected),
    );
    for (const id of this.#rows.keys()) if (!shown.has(id)) this.#rows.delete(id);
    if (order.length !== this.#box.children.length || order.some((row, i) => row !== this.#box.children[i])) {
      this.#box.replaceChildren(...order);
    }
  }

  #row(actor, depth, isSelected) {
    const { id, name, machine, source, status, sinceMs, incarnation } = actor;
    const row = this.#rows.get(id) ?? this.#create(id);
    const what = machine ?? source;
    row.className = `actor ${status}${machine === null ? ' plain' : ''}`;
    row.setAttribute('aria-level', depth + 1);
    row.setAttribute('aria-selected', String(isSelected));
    row.title =
      sinceMs === null
        ? `${id}: so since before the inspection`
        : `${id}: since ${new Date(sinceMs).toLocaleString()}`;
    row.style.setProperty('--depth', depth);
    const [, label, state, aged] = row.children;
    label.replaceChildren(
      name,
      el(
        'small',
        {},
        `${what !== null && what !== name ? ` ${what}` : ''}${incarnation > 1 ? ` #${incarnation}` : ''}`,
      ),
    );
    aged.textContent = age(sinceMs);
    state.textContent = state.title = stateLabel(actor);
    return row;
  }

  #create(id) {
    const row = el(
      'button',
      { role: 'treeitem', 'data-actor': id, onclick: () => this.#onSelect(id) },
      el('span', { class: 'dot' }),
      el('span', { class: 'name' }),
      el('span', { class: 'state' }),
      el('span', { class: 'age' }),
    );
    this.#rows.set(id, row);
    return row;
  }
}

/** Pieces of work that have ended well are shown a moment longer. */
function isWorthShowing({ status, machine, sinceMs }) {
  return (
    machine !== null || status === 'active' || status === 'error' || Date.now() - sinceMs < ENDED_SHOWN_MS
  );
}
