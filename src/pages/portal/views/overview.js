import { h } from '/portal/preact.js';
import { linkTo, question } from '../address.js';
import { FeedRate } from '../parts/feed-rate.js';
import { bytes, count, decimal } from '../parts/format.js';
import { histogram } from '../parts/histogram.js';
import { offeredBy } from '../parts/offered.js';
import { ageOf, answer, card, stationName, table, unknown } from '../parts/parts.js';

/**
 * @import { ComponentChildren } from 'preact'
 * @import { Histogram, List, Station, Status, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 */

const rate = new FeedRate();

/** @param {Showing} showing */
export function page({ asker, nowMs }) {
  const offered = offeredBy(asker);
  const isDaemon = offered.value?.offered.status === true;
  /** @type {Told<Status> | null} */
  const status = isDaemon ? asker.ask('status', '/status', 3) : null;
  /** @type {Told<Histogram>} */
  const ages = asker.ask('ages', question('/freshness/histogram'), 20);
  /** @type {Told<List<Station>>} */
  const newest = asker.ask('newest', question('/freshness/recent', { limit: 8 }), 5);
  return [
    h('h1', { tabIndex: -1 }, 'Overview'),
    status === null ? answer(offered, elsewhere) : answer(status, (told) => tiles(told, ages.value, nowMs)),
    h(
      'div',
      { class: 'columns' },
      card(
        'How old the markets are',
        h('a', { href: linkTo('stale') }, 'What is stale?'),
        answer(ages, (told) => histogram(told, 'Stations without fleet carriers and construction sites.')),
      ),
      card('Ask', null, asks()),
      card(
        'Newest markets',
        h('a', { href: linkTo('markets') }, 'Look one up'),
        answer(newest, (told) =>
          told.entries.length === 0
            ? h('p', { class: 'quiet' }, 'No market has been seen yet.')
            : table('Newest markets', newestColumns(nowMs), [{ rows: told.entries }]),
        ),
      ),
      status !== null &&
        card(
          'Published files',
          h('a', { href: '/files/' }, 'As JSON'),
          answer(status, (told) => files(told, nowMs)),
        ),
    ),
  ];
}

function elsewhere() {
  return h(
    'p',
    { class: 'quiet' },
    'This process only answers questions. How the feed is, and the published files, are with the daemon that writes.',
  );
}

/**
 * @param {Status} status
 * @param {Histogram | null} ages
 * @param {number} nowMs
 */
function tiles(status, ages, nowMs) {
  rate.take(status);
  const { newestSnapshot, notReady, database, actors } = status;
  const feed = actors
    .find(({ name }) => name === 'listener')
    ?.state.split('.')
    .at(-1);
  const ofDay = ages?.ages.reduce(
    (sum, { toS, markets }) => sum + (toS !== null && toS <= 86_400 ? markets : 0),
    0,
  );
  return h(
    'dl',
    { class: 'tiles' },
    tile(
      'Messages a second',
      rate.perS === null
        ? h('span', { class: 'unknown' }, 'measuring')
        : decimal(rate.perS, rate.perS < 10 ? 1 : 0),
      notReady.length === 0
        ? `the feed is ${feed ?? 'unknown'}`
        : `not ready: ${notReady.map(partOf).join(', ')}`,
      notReady.length === 0 ? sparkline(rate.history) : null,
    ),
    tile(
      'Newest observation',
      newestSnapshot === null ? unknown() : ageOf(newestSnapshot.observedAt, nowMs),
      newestSnapshot === null ? 'none since the start' : 'ago',
    ),
    tile(
      'Seen within a day',
      ofDay === undefined ? unknown() : count(ofDay),
      ages === null ? '' : `of ${count(ages.total)} markets`,
    ),
    tile(
      'Prices',
      database === null ? h('span', { class: 'unknown' }, 'counting') : count(database.totalRows),
      database === null ? '' : `of ${count(database.stations)} stations in the database`,
    ),
  );
}

/**
 * @param {string} title
 * @param {ComponentChildren} value
 * @param {string} note
 * @param {ComponentChildren} [drawing]
 */
function tile(title, value, note, drawing = null) {
  return h(
    'div',
    { class: 'tile' },
    h('dt', null, title),
    h('dd', { class: 'value' }, value),
    h('dd', { class: 'note' }, note),
    drawing !== null && h('dd', { class: 'drawing' }, drawing),
  );
}

/** @param {string} reason `database: unavailable` */
function partOf(reason) {
  return reason.split(':', 1).join();
}

/** @param {readonly number[]} values */
function sparkline(values) {
  if (values.length < 2) return null;
  const most = Math.max(...values, 0.1);
  const points = values.map((value, at) => `${(at / (values.length - 1)) * 100},${32 - (value / most) * 26}`);
  return h(
    'svg',
    { class: 'sparkline', viewBox: '0 0 100 32', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('polygon', { points: ['0,32', ...points, '100,32'].join(' ') }),
  );
}

function asks() {
  return h(
    'ul',
    { class: 'asks' },
    [
      [
        'Where is Tritium cheapest near Sol?',
        'For ships that need a large pad',
        linkTo('find', { commodity: 'Tritium', minPad: 'L' }),
      ],
      ['What is stale within 50 ly of Sol?', 'Markets to visit, the oldest first', linkTo('stale')],
      ['Is this market fresh?', 'By the name of a station or system', linkTo('markets')],
      [
        'What did gold cost?',
        'Its prices now and by day, and the best offers',
        linkTo('commodity', { name: 'Gold' }),
      ],
      ['Where is what is known?', 'Every market on a map, by its age', linkTo('map')],
      ['Everything else', 'The query API, to read and to try', '/api/v1/docs'],
    ].map(([title, note, href]) =>
      h(
        'li',
        null,
        h('a', { href }, h('span', { class: 'over' }, title), h('span', { class: 'under' }, note)),
      ),
    ),
  );
}

/** @param {number} nowMs */
function newestColumns(nowMs) {
  return [
    { title: 'Station', cell: stationName },
    {
      title: 'Seen',
      isNumber: true,
      cell: (/** @type {Station} */ { marketObservedAt }) => ageOf(marketObservedAt, nowMs),
    },
  ];
}

/**
 * @param {Status} status
 * @param {number} nowMs
 */
function files({ files: published }, nowMs) {
  if (published.length === 0) return h('p', { class: 'quiet' }, 'Nothing is published yet.');
  return table(
    'Published files',
    [
      { title: 'File', cell: ({ name }) => h('a', { href: `/files/${name}` }, name) },
      { title: 'Size', isNumber: true, cell: (file) => bytes(file.bytes) },
      { title: 'Changed', isNumber: true, cell: ({ modified }) => ageOf(modified, nowMs) },
    ],
    [{ rows: published }],
  );
}
