import { h } from '/portal/preact.js';
import { count } from '../parts/format.js';
import { ageOf, answer, card, table, unknown } from '../parts/parts.js';
import { act, lasting } from './controls.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Patrol } from './told.d.ts'
 */

const AGES = ['6h', '12h', '1d', '2d', '7d'];

/**
 * Regions that are kept fresh.
 * @param {Showing} showing
 * @param {Readonly<Record<string, string>>} search the region, and who is sent
 */
export function patrols(showing, search) {
  const { asker, nowMs, sender } = showing;
  /** @type {Told<List<Patrol>>} */
  const told = asker.ask('patrols', '/api/v1/patrols', 30, true);
  return card(
    'Patrols',
    h('span', { class: 'quiet' }, 'A region in which no market may be older'),
    answer(told, ({ entries }) =>
      entries.length === 0
        ? h('p', { class: 'quiet' }, 'No region is kept fresh yet.')
        : table(
            'Patrols',
            [
              {
                title: 'Patrol',
                cell: ({ name, about, maxAgeS }) => [
                  h('span', { class: 'name' }, name),
                  h('span', { class: 'under' }, `${about}, at most ${lasting(maxAgeS)} old`),
                ],
              },
              { title: 'It is', cell: ({ state }) => h('span', { class: `state ${state}` }, state) },
              {
                title: 'Markets',
                isNumber: true,
                isExtra: true,
                cell: ({ look }) => (look ? count(look.markets) : '–'),
              },
              { title: 'Short of', isNumber: true, cell: short },
              { title: 'Commanders', isNumber: true, isExtra: true, cell: crew },
              {
                title: 'Looked',
                isNumber: true,
                isExtra: true,
                cell: ({ look }) => (look ? ageOf(look.at, nowMs) : '–'),
              },
              {
                title: 'Action',
                isNumber: true,
                cell: ({ name }) =>
                  act(sender, {
                    name: `patrol ${name}`,
                    text: 'End',
                    label: `End the patrol ${name}`,
                    ask: `End the patrol ${name}, and call its commanders back?`,
                    act: () => void sender.send(`patrol ${name}`, 'DELETE', `/api/v1/patrols/${name}`),
                  }),
              },
            ],
            [{ rows: entries }],
          ),
    ),
    begin(showing, search),
  );
}

/** @param {Patrol} patrol */
function short({ look }) {
  if (look === null) return h('span', { class: 'unknown' }, 'not looked yet');
  const { overdue, late, unlisted } = look;
  const parts = [
    overdue > 0 && `${count(overdue)} too old`,
    late > 0 && `${count(late)} read too late`,
    unlisted > 0 && `${count(unlisted)} on no list`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return 'nothing';
  return parts.map((part) => h('span', { class: 'over' }, part));
}

/** @param {Patrol} patrol */
function crew({ commanders, look }) {
  return [
    h('span', { class: 'over' }, commanders.map(({ name }) => name).join(', ') || 'none'),
    look !== null &&
      h(
        'span',
        { class: 'under' },
        look.commandersNeeded === null ? unknown('needed') : `${count(look.commandersNeeded)} needed`,
      ),
  ];
}

/**
 * @param {Showing} showing
 * @param {Readonly<Record<string, string>>} search
 */
function begin({ form, params, sender }, search) {
  const { commanders = '', near, within, minPad, maxLs, planetary } = search;
  const { patrol = '', patrolAge = '' } = params;
  const name = patrol.toLowerCase().replaceAll(/[^a-z0-9._-]+/g, '-') || 'home';
  const asked = { near, within, minPad, maxLs, planetary, maxAge: patrolAge };
  const body = {
    ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== '')),
    commanders: commanders.split(','),
  };
  return [
    h(
      'form',
      { class: 'filters plain below' },
      h(
        'div',
        { class: 'fields' },
        form.text('patrol', 'Name', { placeholder: 'home' }),
        form.age('patrolAge', 'No market older than', AGES),
        act(sender, {
          name: 'patrol',
          text: `Keep ${within} ly around ${near} fresh`,
          act: () => void sender.send('patrol', 'PUT', `/api/v1/patrols/${name}`, body),
        }),
      ),
    ),
    h('p', { class: 'quiet' }, 'With the commanders and the landing pad above.'),
  ];
}
