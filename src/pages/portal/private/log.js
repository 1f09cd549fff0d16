import { h } from '/portal/preact.js';
import { linkTo } from '../address.js';
import { moment } from '../parts/format.js';
import { answer, card } from '../parts/parts.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { LogLine } from './told.d.ts'
 */

/** As many as are shown, the newest first. */
const LINES = 200;

/** What the daemon has said, or a job. @param {Showing} showing */
export function logCard({ asker, params, form }) {
  const { level = '', job = '' } = params;
  const path = job === '' ? '/api/v1/log' : `/api/v1/jobs/${encodeURIComponent(job)}/log`;
  /** @type {Told<List<LogLine>>} */
  const told = asker.ask('log', `${path}?${new URLSearchParams({ level })}`, 3, true);
  return card(
    job === '' ? 'Log' : `Log of job ${job}`,
    job === '' ? null : h('a', { href: linkTo('operate', { ...params, job: '' }) }, 'The daemon’s log'),
    h(
      'form',
      { class: 'filters plain' },
      h(
        'div',
        { class: 'fields' },
        form.radios('level', 'At least', [
          ['debug', 'All'],
          ['info', 'Info'],
          ['warn', 'Warnings'],
          ['error', 'Errors'],
        ]),
      ),
    ),
    answer(told, ({ entries }) =>
      entries.length === 0
        ? h('p', { class: 'quiet' }, 'Nothing of that kind has been said.')
        : h(
            'ol',
            { class: 'log', tabIndex: 0, 'aria-label': 'The newest lines first' },
            entries
              .slice(-LINES)
              .toReversed()
              .map(({ n, time, level: each, msg }) =>
                h(
                  'li',
                  { key: n, class: each },
                  h('time', { dateTime: time, title: moment(time) }, time.slice(11, 19)),
                  each === 'info' || each === 'debug'
                    ? null
                    : h('strong', null, each === 'warn' ? 'warning' : each),
                  h('span', null, msg),
                ),
              ),
          ),
    ),
  );
}
