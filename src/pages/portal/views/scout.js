import { h } from '/portal/preact.js';
import { linkTo, question, usualOf } from '../address.js';
import { KINDS, MAX_LS, PADS, WITHIN } from '../parts/form.js';
import { count, decimal, spelled } from '../parts/format.js';
import { ageOf, answer, card, heard, stationName, table, unknown } from '../parts/parts.js';
import { act, lasting, systemsToCopy } from '../private/controls.js';
import { keptTours } from '../private/kept-tours.js';
import { patrols } from '../private/patrols.js';
import { accessOf, may, permitted, whoLooks } from '../private/permission.js';

/**
 * @import { Params } from '../pages.js'
 * @import { Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Plan, Tour } from '../private/told.d.ts'
 */

const MOST = 5;

/** Which commander looks at which stale markets, before and while they fly. @param {Showing} showing */
export function page(showing) {
  const { asker, params } = showing;
  const { near = '', within = '', olderThan = '' } = params;
  const search = order(params);
  /** @type {Told<Plan>} */
  const plan = asker.ask('plan', question('/tours/plan', search));
  return [
    h('h1', { tabIndex: -1 }, 'Scout'),
    h(
      'p',
      { class: 'where' },
      'Markets that nobody has looked at for a while, dealt out so that all commanders are through as early as can be. ',
      may(accessOf(showing).value, 'tours') && h('a', { href: '#under-way' }, 'Tours under way'),
    ),
    region(showing),
    answer(
      plan,
      (told) => [
        h(
          'div',
          { class: 'verdict plan' },
          h(
            'p',
            { role: 'status' },
            told.stale === 0
              ? `Every market within ${within} ly of ${near} was seen within ${spelled(olderThan)}.`
              : [
                  h('strong', null, lasting(told.seconds)),
                  ` for ${stops(told)} of ${count(told.stale)} stale markets within ${within} ly of ${near}. `,
                  h('a', { href: linkTo('stale', { near, within, olderThan }) }, 'The whole list'),
                ],
          ),
          fly(showing, told, search),
        ),
        h(
          'div',
          { class: 'columns flights' },
          told.tours.map((tour) => flight(showing, tour)),
        ),
      ],
      (systemId) => linkTo('scout', { ...params, near: systemId }),
    ),
    permitted(showing, {
      title: 'Under way',
      scope: 'tours',
      isOffered: ({ offered }) => offered.tours,
      off: 'This server plans tours and keeps none. With "tours": true in its settings a stop is ticked off the moment its market is seen.',
      about: 'Where commanders are is not for everybody: to start tours and to follow them, show a token.',
      show: () => [keptTours(showing), patrols(showing, search), whoLooks(showing)],
    }),
  ];
}

/** @param {Showing} showing */
function region({ form, params, systems }) {
  const crew = crewOf(params);
  return h(
    'form',
    { class: 'card filters', role: 'search' },
    h(
      'div',
      { class: 'fields' },
      form.radios(
        'crew',
        'Commanders',
        Array.from({ length: MOST }, (_, i) => [String(i + 1), String(i + 1)]),
      ),
      form.text('near', 'Around system', { suggestions: systems }),
      form.select('within', 'Within', WITHIN),
      form.age('olderThan', 'Not seen for', ['6h', '12h', '1d', '3d', '7d', '30d']),
      form.radios('minPad', 'Landing pad', PADS),
    ),
    h(
      'div',
      { class: 'crew' },
      crew.map((_, at) =>
        h(
          'div',
          { class: 'fields', role: 'group', 'aria-label': `Commander ${at + 1}` },
          form.text(`name${at + 1}`, 'Commander', { placeholder: `Commander ${at + 1}` }),
          form.text(`start${at + 1}`, 'Starts in', {
            suggestions: systems,
            placeholder: params.near || 'Sol',
          }),
          form.text(`jump${at + 1}`, 'Jumps (ly)', { isNumber: true }),
        ),
      ),
    ),
    form.more(
      ['stops', 'maxLs', 'planetary'],
      usualOf('scout'),
      form.select(
        'stops',
        'Markets at most',
        ['20', '40', '60', '100', '200'].map((stops) => [stops, stops]),
      ),
      form.select('maxLs', 'From the star at most', MAX_LS),
      form.select('planetary', 'On planets', KINDS),
    ),
  );
}

/** What is asked for, as the API takes it. @param {Params} params @returns {Record<string, string>} */
function order(params) {
  const {
    near = '',
    within = '',
    olderThan = '',
    minPad = '',
    maxLs = '',
    planetary = '',
    stops = '',
  } = params;
  const commanders = crewOf(params)
    .map(({ name, start, jump }) => `${name}@${start}@${jump}`)
    .join();
  return {
    commanders,
    near: near || 'Sol',
    within,
    olderThan,
    minPad,
    maxLs,
    planetary,
    stops,
    timeLimit: '0.5',
  };
}

/** @param {Params} params */
function crewOf(params) {
  const length = Math.min(MOST, Math.max(1, Number.parseInt(params.crew ?? '', 10) || 1));
  // What is between commanders, and between their parts.
  const plain = (/** @type {string | undefined} */ text) => (text ?? '').replaceAll(/[@,]/g, ' ').trim();
  return Array.from({ length }, (_, i) => ({
    name: plain(params[`name${i + 1}`]) || `Commander ${i + 1}`,
    start: plain(params[`start${i + 1}`]) || plain(params.near) || 'Sol',
    jump: plain(params[`jump${i + 1}`]) || '20',
  }));
}

/** @param {Plan} plan */
function stops({ tours }) {
  return count(tours.reduce((sum, tour) => sum + tour.stops.length, 0));
}

/**
 * @param {Showing} showing
 * @param {Plan} plan
 * @param {Readonly<Record<string, string>>} search
 */
function fly(showing, plan, search) {
  const access = accessOf(showing).value;
  if (plan.stale === 0 || access?.offered.tours !== true || !may(access, 'tours')) return null;
  const { sender, params } = showing;
  const wanted = Object.fromEntries(Object.entries(search).filter(([, value]) => value !== ''));
  const body = { ...wanted, commanders: wanted.commanders?.split(',') };
  return h(
    'div',
    { class: 'acts' },
    act(sender, {
      name: 'fly',
      text: plan.tours.length === 1 ? 'Fly this tour' : 'Fly these tours',
      isMain: true,
      act: () =>
        void sender.send('fly', 'POST', '/api/v1/tours', body).then((tour) => showTour(params, tour)),
    }),
  );
}

/**
 * @param {Params} params
 * @param {Tour | null} tour null: nobody flies it
 */
function showTour(params, tour) {
  if (tour === null) return;
  history.replaceState(null, '', linkTo('scout', { ...params, tour: tour.id }));
  document.querySelector('#under-way')?.scrollIntoView({ behavior: 'smooth' });
}

/**
 * @param {Showing} showing
 * @param {Plan['tours'][number]} tour
 */
function flight({ nowMs }, tour) {
  const { commander, seconds, distanceLy, jumps, stops: all, systems } = tour;
  return card(
    commander,
    h(
      'span',
      { class: 'quiet' },
      `${lasting(seconds)} · ${count(jumps)} jumps · ${decimal(distanceLy, 0)} ly`,
    ),
    all.length === 0
      ? h('p', { class: 'quiet' }, 'Nothing is left for this one.')
      : table(
          `Tour of ${commander}`,
          [
            { title: `${count(all.length)} stops`, cell: stationName },
            {
              title: 'Jumps',
              isNumber: true,
              cell: (stop) => [
                h('span', { class: 'over' }, count(stop.jumps)),
                h(
                  'span',
                  { class: 'under' },
                  stop.lsFromStar === null ? unknown('ls') : `${count(stop.lsFromStar)} ls`,
                ),
              ],
            },
            {
              title: 'Seen',
              isNumber: true,
              isExtra: true,
              cell: (stop) => ageOf(stop.marketObservedAt, nowMs),
            },
            {
              title: 'Read after',
              isNumber: true,
              cell: ({ guess, doneAfterS }) => [
                guess && [heard('about '), h('span', { 'aria-hidden': 'true', title: 'a guess' }, '~')],
                lasting(doneAfterS),
              ],
            },
          ],
          [{ rows: all }],
        ),
    systemsToCopy(systems),
  );
}
