import { h } from '/portal/preact.js';
import { linkTo } from '../address.js';
import { count } from '../parts/format.js';
import { ageOf, answer, card, table } from '../parts/parts.js';
import { act, lasting, progress, systemsToCopy } from './controls.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Tour } from './told.d.ts'
 */

const ENDED = new Set(['finished', 'failed', 'withdrawn']);
/** Ended ones that are shown, too. */
const RECENT = 3;

/** Tours that are flown, as they go. @param {Showing} showing */
export function keptTours(showing) {
  const { asker, params } = showing;
  asker.listen('/api/v1/tours/stream');
  /** @type {Told<List<Tour>>} */
  const tours = asker.ask('tours', '/api/v1/tours', 30, true);
  return answer(tours, ({ entries }) => {
    const open = entries.filter(({ state }) => !ENDED.has(state));
    const shown = [...open, ...entries.filter(({ state }) => ENDED.has(state)).slice(0, RECENT)];
    const chosen = entries.find(({ id }) => id === params.tour) ?? open[0];
    return h(
      'section',
      { class: 'answer', id: 'under-way', 'aria-label': 'Tours under way' },
      card(
        'Under way',
        h('span', { class: 'quiet' }, 'A stop closes the moment its market is seen, whoever was there'),
        shown.length === 0
          ? h('p', { class: 'quiet' }, 'Nobody flies a tour. Plan one above, and send them.')
          : table(
              'Tours under way',
              [
                { title: 'Tour', cell: (tour) => nameOf(showing, tour, chosen) },
                { title: 'Seen', cell: (tour) => howFar(tour) },
                { title: 'Last', isNumber: true, isExtra: true, cell: (tour) => lastSeen(showing, tour) },
                { title: 'Left', isNumber: true, cell: left },
              ],
              [{ rows: shown }],
            ),
      ),
      chosen !== undefined && details(showing, chosen),
    );
  });
}

/**
 * @param {Showing} showing
 * @param {Tour} tour
 * @param {Tour | undefined} chosen
 */
function nameOf({ params }, tour, chosen) {
  const names = crew(tour).map(({ name }) => name);
  return [
    h(
      'a',
      {
        class: 'name',
        href: linkTo('scout', { ...params, tour: tour.id }),
        'aria-current': tour.id === chosen?.id ? 'true' : undefined,
      },
      names.length === 0 ? tour.id : names.join(', '),
    ),
    h('span', { class: 'under' }, tour.state),
  ];
}

/** @param {Tour} tour */
function crew({ commanders }) {
  return commanders.filter(({ leftAt }) => leftAt === null);
}

/** @param {Tour} tour */
function howFar({ markets, open, id }) {
  return [
    progress(`Markets seen of tour ${id}`, markets - open, markets),
    h('span', { class: 'under' }, `${count(markets - open)} of ${count(markets)} markets`),
  ];
}

/**
 * @param {Showing} showing
 * @param {Tour} tour
 */
function lastSeen({ nowMs }, { done }) {
  const last = done.at(-1);
  return last === undefined
    ? h('span', { class: 'unknown' }, 'none yet')
    : [ageOf(last.doneAt, nowMs), h('span', { class: 'under' }, last.name)];
}

/** @param {Tour} tour */
function left(tour) {
  if (tour.open === 0) return '–';
  return lasting(Math.max(0, ...crew(tour).map(({ seconds }) => seconds)));
}

/**
 * @param {Showing} showing
 * @param {Tour} tour
 */
function details({ sender, nowMs }, tour) {
  const isOpen = !ENDED.has(tour.state);
  const name = `withdraw ${tour.id}`;
  return h(
    'div',
    { class: 'columns even', id: 'tour' },
    crew(tour).map((commander) =>
      card(
        `${commander.name}: what is next`,
        h('span', { class: 'quiet' }, `${lasting(commander.seconds)} left by the plan`),
        commander.stops.length === 0
          ? h('p', { class: 'quiet' }, 'Nothing is left.')
          : table(
              `Stops before ${commander.name}`,
              [
                { title: 'Station', cell: place },
                {
                  title: 'Jumps',
                  isNumber: true,
                  cell: ({ jumps }) => (jumps === null ? '–' : count(jumps)),
                },
                {
                  title: 'Takes',
                  isNumber: true,
                  cell: ({ seconds }) => (seconds === null ? '–' : lasting(seconds)),
                },
              ],
              [{ rows: commander.stops }],
            ),
        systemsToCopy(commander.systems),
      ),
    ),
    card(
      'Seen on this tour',
      null,
      tour.done.length === 0
        ? h('p', { class: 'quiet' }, 'Nothing yet.')
        : table(
            'Markets seen on this tour',
            [
              { title: 'Station', cell: place },
              { title: 'Seen', isNumber: true, cell: ({ doneAt }) => ageOf(doneAt, nowMs) },
            ],
            [{ rows: tour.done.toReversed() }],
          ),
      isOpen &&
        h(
          'div',
          { class: 'acts' },
          act(sender, {
            name,
            text: 'Call the tour off',
            ask: 'Call this tour off? Its markets are free for others then.',
            act: () => void sender.send(name, 'DELETE', `/api/v1/tours/${tour.id}`),
          }),
        ),
    ),
  );
}

/** @param {{ marketId: number, name: string, systemName: string }} stop */
function place({ marketId, name, systemName }) {
  return [
    h('a', { class: 'name', href: linkTo('market', { id: String(marketId) }) }, name),
    h('span', { class: 'under' }, systemName),
  ];
}
