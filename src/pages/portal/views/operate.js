import { h } from '/portal/preact.js';
import { count, moment } from '../parts/format.js';
import { answer, card, table } from '../parts/parts.js';
import { lasting } from '../private/controls.js';
import { jobs } from '../private/jobs.js';
import { logCard } from '../private/log.js';
import { permitted, whoLooks } from '../private/permission.js';

/**
 * @import { Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Operating } from '../private/told.d.ts'
 */

const DAY_S = 86_400;
const GUARDIAN = 'guardian of ';

/** Is it well, what is due, what has it said. @param {Showing} showing */
export function page(showing) {
  const { asker, nowMs } = showing;
  /** @type {Told<Operating>} */
  const status = asker.ask('status', '/status', 3);
  return [
    h('h1', { tabIndex: -1 }, 'Operate'),
    answer(status, (told) => [
      health(told),
      h(
        'div',
        { class: 'columns even' },
        card('What became of messages', null, account(told)),
        card('Due next', null, due(told, nowMs)),
        card('Parts', null, parts(told, nowMs)),
        card('Days', null, days(told)),
      ),
    ]),
    permitted(showing, {
      title: 'Jobs and log',
      scope: 'operate',
      isOffered: ({ offered }) => offered.jobs,
      off: 'This process only answers. Jobs and the log are those of a daemon: ask one.',
      about: 'To see the log, and to start and stop jobs, show a token.',
      show: () => [jobs(showing, status.value?.days ?? []), logCard(showing), whoLooks(showing)],
    }),
    links(),
  ];
}

/** @param {Operating} status */
function health({ notReady, version, uptimeS }) {
  const isReady = notReady.length === 0;
  return h(
    'div',
    { class: `verdict ${isReady ? 'fresh' : 'stale'}`, role: 'status' },
    h('strong', null, isReady ? 'Ready' : 'Not ready'),
    h('span', null, `version ${version}, for ${lasting(uptimeS)}`),
    !isReady &&
      h(
        'ul',
        null,
        notReady.map((reason) => h('li', null, reason)),
      ),
  );
}

/** Every term of it: what came in is what it became. @param {Operating} status */
function account({ totals, held, markets }) {
  const refused = Object.values(totals.rejected).reduce((sum, each) => sum + each, 0);
  /** @type {readonly (readonly [string, number, string])[]} */
  const terms = [
    ['Received', totals.received, 'messages since the start'],
    ['Written', totals.written, `markets of ${count(totals.writtenRows)} rows`],
    ['Learned', totals.learned, 'of systems and stations'],
    ['Stale', totals.stale, 'the database had newer ones'],
    ['Superseded', totals.superseded, 'newer ones came before they were written'],
    ['Refused', refused, refused === 0 ? '' : reasons(totals.rejected)],
    ['Waiting', held, `in memory; ${count(markets.spooled)} in the spool`],
    ['Parked', markets.parked, 'until their system is known'],
  ];
  return h(
    'dl',
    { class: 'account' },
    terms.map(([title, value, note]) =>
      h(
        'div',
        null,
        h('dt', null, title),
        h('dd', { class: 'number' }, count(value)),
        h('dd', { class: 'under' }, note),
      ),
    ),
  );
}

/** The most frequent ones. @param {Operating['totals']['rejected']} rejected */
function reasons(rejected) {
  return Object.entries(rejected)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([reason, times]) => `${reason} ${count(times)}`)
    .join(', ');
}

/**
 * @param {Operating} status
 * @param {number} nowMs
 */
function due({ actors, maintenance }, nowMs) {
  const timer = (/** @type {string} */ actor, /** @type {string} */ name) =>
    actors.find((each) => each.name === actor)?.due.find((each) => each.timer === name)?.at ?? null;
  /** @type {readonly (readonly [string, string | null])[]} */
  const known = [
    ['listings-live.csv', timer('exporter', 'exportInterval')],
    ['A look for a new dump of Spansh', timer('spansh-updater', 'checkInterval')],
    ['Purge of old rows', maintenance.purge],
    ['Maintenance of the database', maintenance.optimize],
  ];
  const waiting = known.filter(([, at]) => at !== null);
  if (waiting.length === 0) return h('p', { class: 'quiet' }, 'Nothing is due.');
  return table(
    'What is due',
    [
      { title: 'What', cell: ([what]) => what },
      {
        title: 'In',
        isNumber: true,
        cell: ([, at]) =>
          at === null
            ? '–'
            : h('time', { dateTime: at, title: moment(at) }, lasting((Date.parse(at) - nowMs) / 1000)),
      },
    ],
    [{ rows: waiting }],
  );
}

/**
 * @param {Operating} status
 * @param {number} nowMs
 */
function parts({ actors }, nowMs) {
  const restarts = (/** @type {string} */ name) =>
    actors.find((each) => each.name === `${GUARDIAN}${name}`)?.counters.restarts ?? 0;
  return table(
    'Parts of the daemon',
    [
      {
        title: 'Part',
        cell: ({ name, lastError }) => [
          name,
          lastError?.active === true &&
            h(
              'span',
              { class: 'under trouble' },
              lastError.message ?? 'there is trouble, of which this machine alone is told',
            ),
        ],
      },
      { title: 'State', cell: ({ state }) => h('span', { class: 'state' }, state.split('.').at(-1)) },
      { title: 'For', isNumber: true, cell: ({ since }) => lasting((nowMs - Date.parse(since)) / 1000) },
      { title: 'Restarts', isNumber: true, isExtra: true, cell: ({ name }) => count(restarts(name)) },
    ],
    [{ rows: actors.filter(({ name }) => !name.startsWith(GUARDIAN)) }],
  );
}

/** @param {Operating} status */
function days({ days: known }) {
  return table(
    'Whole days',
    [
      { title: 'Day', cell: ({ day }) => day },
      {
        title: 'Of the feed',
        cell: ({ missingS, isReplayed }) =>
          isReplayed
            ? 'whole, from the archive'
            : missingS === 0
              ? 'whole'
              : missingS >= DAY_S
                ? 'nothing was heard'
                : `${lasting(missingS)} missing`,
      },
    ],
    [{ rows: known.toReversed() }],
  );
}

function links() {
  return card(
    'More',
    null,
    h(
      'ul',
      { class: 'chips' },
      [
        ['/status', 'Status, everything there is'],
        ['/metrics', 'Metrics for Prometheus'],
        ['/ready', 'Readiness'],
        ['/api/v1/docs', 'Query API'],
      ].map(([href, title]) => h('li', null, h('a', { href }, title))),
    ),
    h(
      'p',
      { class: 'quiet' },
      'The state machines, live: ',
      h('code', null, 'kill -USR2'),
      ' to the daemon turns the ',
      h('a', { href: 'http://127.0.0.1:8391/' }, 'inspector'),
      ' on and off, on its own machine.',
    ),
  );
}
