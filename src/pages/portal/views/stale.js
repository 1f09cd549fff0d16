import { h } from '/portal/preact.js';
import { limitOf, linkTo, question, showMore, usualOf } from '../address.js';
import { KINDS, MAX_LS, PADS, WITHIN } from '../parts/form.js';
import { around, count, spelled } from '../parts/format.js';
import { histogram } from '../parts/histogram.js';
import { answer, card, stationName, table, wayAndAge } from '../parts/parts.js';

/**
 * @import { Histogram, List, Near, Station, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 */

/** @param {Showing} showing */
export function page({ asker, params, form, nowMs, systems }) {
  const { near = '', within = '', olderThan = '', neverSeen = '', minPad = '', maxLs = '' } = params;
  const { planetary = '', carriers = '', sort = '', show = '' } = params;
  const search = { near, within, minPad, maxLs, planetary, carriers };
  const order = near === '' ? 'oldest' : sort;
  /** @type {Told<Histogram>} */
  const ages = asker.ask('ages', question('/freshness/histogram', search), 20);
  /** @type {Told<List<Station & Near>>} */
  const found = asker.ask(
    'stale',
    question('/freshness/stale', { ...search, olderThan, neverSeen, sort: order, limit: limitOf(show) }),
    15,
  );
  const where = around(near, within);
  return [
    h('h1', { tabIndex: -1 }, 'What is stale'),
    h(
      'form',
      { class: 'card filters', role: 'search' },
      h(
        'div',
        { class: 'fields' },
        form.near(systems),
        form.select('within', 'Within', WITHIN),
        form.age('olderThan', 'Not seen for', ['1h', '6h', '12h', '1d', '3d', '7d', '30d']),
        form.radios('minPad', 'Landing pad', PADS),
        form.select('sort', 'First', [
          ['oldest', 'Oldest'],
          ['distance', 'Nearest'],
        ]),
        h('button', { class: 'primary' }, 'Search'),
      ),
      form.more(
        ['neverSeen', 'maxLs', 'planetary', 'carriers'],
        usualOf('stale'),
        form.select('neverSeen', 'Never seen', KINDS),
        form.select('maxLs', 'From the star at most', MAX_LS),
        form.select('planetary', 'On planets', KINDS),
        form.select('carriers', 'Fleet carriers', KINDS),
      ),
    ),
    answer(
      found,
      ({ entries, total }) => {
        const more = showMore(show, total);
        return h(
          'div',
          { class: 'columns' },
          card(
            'To visit',
            null,
            h(
              'p',
              { class: 'quiet', role: 'status' },
              total === 0
                ? `Every market ${where} was seen within ${spelled(olderThan)}.`
                : `${count(total)} ${total === 1 ? 'market' : 'markets'} ${where}, not seen for ${spelled(olderThan)}`,
            ),
            total > 0 &&
              table(
                `Markets ${where} that nobody has seen for ${spelled(olderThan)}`,
                [{ title: 'Station', cell: stationName }, ...wayAndAge(nowMs)],
                [{ rows: entries }],
              ),
            more !== null &&
              h('a', { class: 'further', href: linkTo('stale', { ...params, show: more }) }, 'Show more'),
          ),
          card(
            'Ages of all markets there',
            null,
            answer(ages, (told) => histogram(told, 'Construction sites are left out.')),
          ),
        );
      },
      (systemId) => linkTo('stale', { ...params, near: systemId }),
    ),
  ];
}
