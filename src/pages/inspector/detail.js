import { clock, el, eventLabel, stateLabel } from './dom.js';

/** What is known of the selected actor beside its statechart. */
export function renderFacts(box, actor, actors) {
  if (actor === null) {
    box.replaceChildren();
    return;
  }
  const [, child] = /^xstate\.(?:done|error)\.actor\.(.+)$/.exec(actor.cause ?? '') ?? [];
  const childName = actors.get(`${actor.id}/${child}`)?.name;
  const facts = {
    state: stateLabel(actor),
    since: actor.sinceMs === null ? 'before the inspection' : clock(actor.sinceMs),
    'last cause': actor.cause === null ? '–' : eventLabel(actor.cause, childName),
    incarnation: actor.incarnation,
  };
  box.replaceChildren(
    el(
      'dl',
      {},
      ...Object.entries(facts).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))]),
    ),
  );
}

/** A summarised value as a tree that can be folded. */
export function renderContext(box, value) {
  const folded = new Map([...box.querySelectorAll('details')].map((node) => [node.dataset.path, node.open]));
  box.replaceChildren(value === null ? el('p', { class: 'empty' }, 'Gone.') : tree(value, '', folded));
}

function tree(value, path, folded) {
  if (value === null || typeof value !== 'object') {
    return el('span', { class: `value ${value === null ? 'null' : typeof value}` }, String(value));
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return el('span', { class: 'value null' }, Array.isArray(value) ? '[]' : '{}');
  return el(
    'ul',
    { class: 'object' },
    ...entries.map(([key, part]) => {
      const below = `${path}/${key}`;
      const isLeaf = part === null || typeof part !== 'object';
      if (isLeaf) return el('li', {}, el('span', { class: 'key' }, key), ' ', tree(part, below, folded));
      const size = Array.isArray(part) ? `[${part.length}]` : '';
      return el(
        'li',
        {},
        el(
          'details',
          { 'data-path': below, open: (folded.get(below) ?? path === '') ? '' : null },
          el('summary', {}, el('span', { class: 'key' }, key), ` ${size}`),
          tree(part, below, folded),
        ),
      );
    }),
  );
}

/** The station pool: thousands of short-lived actors, counted. */
export function renderPool(box, { states, queued, totals }) {
  const live = Object.values(states).reduce((sum, count) => sum + count, 0);
  const rows = [...Object.entries(states).sort(), ['queued', queued]];
  box.replaceChildren(
    el('p', { class: 'live' }, el('strong', { id: 'live' }, String(live)), ' with work in flight'),
    ...rows.map(([state, count]) => {
      const bar = el('span', { class: 'bar' });
      bar.style.setProperty('--part', live === 0 ? 0 : count / live);
      return el(
        'p',
        { class: 'count', 'data-state': state },
        el('span', {}, state),
        bar,
        el('b', {}, String(count)),
      );
    }),
    el(
      'details',
      { class: 'totals', open: box.querySelector('details')?.open ? '' : null },
      el('summary', {}, 'since the start'),
      el(
        'dl',
        {},
        ...Object.entries(totals).flatMap(([name, count]) => [
          el('dt', {}, words(name)),
          el('dd', { 'data-total': name }, String(count)),
        ]),
      ),
    ),
  );
}

/** `writtenRows` -> `written rows`. */
function words(name) {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
