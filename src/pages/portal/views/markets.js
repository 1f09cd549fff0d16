import { h } from '/portal/preact.js';
import { limitOf, linkTo, question, showMore } from '../address.js';
import { answer, candidates, card, marketAge, stationName, table } from '../parts/parts.js';

/**
 * @import { Candidate, List, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 */

/** Markets by the name of their station or system; without a name, the newest. @param {Showing} showing */
export function page(showing) {
  const { params, form, systems } = showing;
  const { name = '' } = params;
  return [
    h('h1', { tabIndex: -1 }, 'Markets'),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.text('name', 'Station or system', { suggestions: systems, placeholder: 'Abraham Lincoln' }),
        h('button', { class: 'primary' }, 'Search'),
      ),
    ),
    name === '' ? newest(showing) : named(showing, name),
  ];
}

/** @param {Showing} showing */
function newest({ asker, params: { show = '' }, nowMs }) {
  /** @type {Told<List<Station>>} */
  const found = asker.ask('newest', question('/freshness/recent', { limit: limitOf(show) }), 5);
  return card(
    'Newest',
    null,
    answer(found, ({ entries, total }) => {
      const more = showMore(show, total);
      return [
        list('Newest markets', entries, nowMs),
        more !== null && h('a', { class: 'further', href: linkTo('markets', { show: more }) }, 'Show more'),
      ];
    }),
  );
}

/**
 * @param {Showing} showing
 * @param {string} name
 */
function named({ asker, params: { show = '', system = '' }, nowMs }, name) {
  const limit = limitOf(show);
  /** @type {Told<List<Station>>} */
  const stations = asker.ask('stations', question('/stations/named', { prefix: name, limit }), 15);
  /** @type {Told<{ entries: Candidate[] }>} */
  const systems = asker.ask('named', question(`/systems/named/${encodeURIComponent(name)}`), 60);
  const [first, ...others] = systems.value?.entries ?? [];
  const chosen = system !== '' ? system : others.length === 0 ? first?.systemId : undefined;
  return h(
    'div',
    { class: 'columns even' },
    chosen !== undefined && ofSystem(chosen),
    chosen === undefined &&
      others.length > 0 &&
      card(
        'Systems of this name',
        null,
        candidates(systems.value?.entries ?? [], (id) => linkTo('markets', { name, system: id })),
      ),
    card(
      `Stations named ${name}…`,
      null,
      answer(stations, ({ entries }) => [
        list(`Stations whose names begin with ${name}`, entries, nowMs),
        entries.length === limit &&
          h(
            'a',
            { class: 'further', href: linkTo('markets', { name, show: showMore(show, Infinity) ?? show }) },
            'Show more',
          ),
      ]),
    ),
  );

  /** @param {string} id */
  function ofSystem(id) {
    /** @type {Told<List<Station>>} */
    const found = asker.ask('ofSystem', question(`/systems/${id}/stations`, { limit: 1_000 }), 15);
    return card(
      `In the system ${name}`,
      h('a', { href: linkTo('system', { id }) }, 'The system'),
      answer(found, ({ entries }) => list(`Stations in ${name}`, entries, nowMs)),
    );
  }
}

/**
 * @param {string} caption
 * @param {readonly Station[]} stations
 * @param {number} nowMs
 */
function list(caption, stations, nowMs) {
  if (stations.length === 0) return h('p', { class: 'quiet', role: 'status' }, 'There is none.');
  return table(
    caption,
    [
      { title: 'Station', cell: stationName },
      { title: 'Market seen', isNumber: true, cell: (station) => marketAge(station, nowMs) },
    ],
    [{ rows: stations }],
  );
}
