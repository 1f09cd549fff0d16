import { h } from '/portal/preact.js';
import { linkTo, question } from '../address.js';
import { count, decimal, moment } from '../parts/format.js';
import { histogram } from '../parts/histogram.js';
import { ageOf, answer, card, marketAge, stationName, table, unknown } from '../parts/parts.js';

/**
 * @import { Candidate, Histogram, List, Near, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 *
 * @typedef {Candidate & { readonly updatedAt: string | null }} System
 * @typedef {Station & { readonly body: string | null }} Placed
 */

const AROUND_LY = 20;
const NEIGHBOURS = 12;

/** One system: its stations, how old their markets are, what is around. @param {Showing} showing */
export function page(showing) {
  const { asker, params } = showing;
  /** @type {Told<System>} */
  const told = asker.ask('system', question(`/systems/${encodeURIComponent(params.id ?? '')}`), 60);
  return [
    h('h1', { tabIndex: -1 }, told.isOld ? 'System' : (told.value?.name ?? 'System')),
    answer(
      told,
      (value) => shown(value, showing),
      (systemId) => linkTo('system', { id: systemId }),
    ),
  ];
}

/**
 * @param {System} system
 * @param {Showing} showing
 */
function shown({ systemId, name, position, updatedAt }, { asker, nowMs }) {
  const { x, y, z } = position;
  const near = [x, y, z].join();
  /** @type {Told<List<Placed>>} */
  const stations = asker.ask('stations', question(`/systems/${systemId}/stations`, { limit: 1_000 }), 10);
  /** @type {Told<List<Candidate & Near>>} */
  const around = asker.ask(
    'neighbours',
    question('/systems/near', { near, within: AROUND_LY, limit: NEIGHBOURS + 1 }),
    120,
  );
  /** @type {Told<{ entries: Candidate[] }>} */
  const namesakes = asker.ask('namesakes', question(`/systems/named/${encodeURIComponent(name)}`), 600);
  // As people know it, where that says which.
  const place = namesakes.value?.entries.length === 1 ? name : systemId;
  /** @type {Told<Histogram>} */
  const ages = asker.ask('ages', question('/freshness/histogram', { near, within: AROUND_LY }), 20);
  return [
    h(
      'p',
      { class: 'where' },
      `${name === 'Sol' ? '' : `${decimal(Math.hypot(x, y, z))} ly from Sol, `}at ${[x, y, z].map((each) => decimal(each, 2)).join(', ')}`,
      updatedAt === null ? '' : ` · last updated ${moment(updatedAt)}`,
    ),
    h(
      'ul',
      { class: 'chips' },
      [
        ['On the map', linkTo('map', { near: place, span: '50' })],
        ['Stale around it', linkTo('stale', { near: place })],
        ['What to trade around it', linkTo('goods', { near: place })],
      ].map(([title, href]) => h('li', null, h('a', { href }, title))),
    ),
    h(
      'div',
      { class: 'columns' },
      card(
        'Stations',
        null,
        answer(stations, ({ entries, total }) => [
          h('p', { class: 'quiet', role: 'status' }, summary(entries, total)),
          total > 0 &&
            table(
              `Stations of ${name}`,
              [
                { title: 'Station', cell: stationName },
                {
                  title: 'From the star',
                  isNumber: true,
                  cell: ({ lsFromStar }) => (lsFromStar === null ? unknown() : `${count(lsFromStar)} ls`),
                },
                { title: 'Body', isExtra: true, cell: bodyOf },
                { title: 'Market seen', isNumber: true, cell: (station) => marketAge(station, nowMs) },
              ],
              [{ rows: [...entries].sort(nearestFirst) }],
            ),
        ]),
      ),
      h(
        'div',
        { class: 'pile' },
        card(
          'Neighbours',
          h('span', { class: 'quiet' }, `within ${AROUND_LY} ly`),
          answer(around, ({ entries, total }) => {
            const others = entries.filter((each) => each.systemId !== systemId).slice(0, NEIGHBOURS);
            if (others.length === 0) return h('p', { class: 'quiet' }, 'None that is known.');
            return [
              table(
                `Systems around ${name}`,
                [
                  {
                    title: 'System',
                    cell: (each) =>
                      h('a', { class: 'name', href: linkTo('system', { id: each.systemId }) }, each.name),
                  },
                  {
                    title: 'Distance',
                    isNumber: true,
                    cell: ({ distanceLy }) => `${decimal(distanceLy ?? 0)} ly`,
                  },
                ],
                [{ rows: others }],
              ),
              total - 1 > others.length &&
                h(
                  'p',
                  { class: 'quiet' },
                  `${count(others.length)} of ${count(total - 1)}, the nearest first`,
                ),
            ];
          }),
        ),
        card(
          'Ages of markets around',
          h('span', { class: 'quiet' }, `within ${AROUND_LY} ly`),
          answer(ages, (value) => histogram(value, 'Without fleet carriers and construction sites.')),
        ),
      ),
    ),
  ];

  /**
   * @param {readonly Station[]} entries
   * @param {number} total
   */
  function summary(entries, total) {
    const seen = entries.flatMap(({ marketObservedAt }) =>
      marketObservedAt === null ? [] : [marketObservedAt],
    );
    const newest = seen.sort().at(-1);
    const stationsOf = total === 1 ? '1 station is known' : `${count(total)} stations are known`;
    if (newest === undefined) return [stationsOf, '; no market of it has been seen.'];
    return [
      `${stationsOf}, ${count(seen.length)} with a market that has been seen; the newest `,
      ageOf(newest, nowMs),
      ' ago.',
    ];
  }
}

/** Which it is at, and whether on it. @param {Placed} station */
function bodyOf({ body, planetary }) {
  const place = planetary === null ? unknown() : planetary ? 'on a planet' : 'in space';
  return [h('span', { class: 'over' }, body ?? unknown()), h('span', { class: 'under' }, place)];
}

/**
 * @param {Station} a
 * @param {Station} b
 */
function nearestFirst(a, b) {
  return (a.lsFromStar ?? Infinity) - (b.lsFromStar ?? Infinity) || a.name.localeCompare(b.name);
}
