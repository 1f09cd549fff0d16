import { h } from '/portal/preact.js';
import { linkTo } from '../address.js';
import { ageOf, answer, card, table } from '../parts/parts.js';
import { act } from './controls.js';

/**
 * @import { List, Told } from '../answers.d.ts'
 * @import { Showing } from '../page.js'
 * @import { Job, Operating } from './told.d.ts'
 */

const ENDED = new Set(['stopped', 'failed']);

/**
 * @param {Showing} showing
 * @param {Operating['days']} days
 */
export function jobs(showing, days) {
  const { asker, sender, params, nowMs } = showing;
  /** @type {Told<List<Job>>} */
  const told = asker.ask('jobs', '/api/v1/jobs', 5, true);
  return card(
    'Jobs',
    null,
    fill(showing, days),
    answer(told, ({ entries }) =>
      entries.length === 0
        ? h(
            'p',
            { class: 'quiet' },
            'There are none. ',
            h('code', null, 'tdl jobs create'),
            ' begins one, too.',
          )
        : table(
            'Jobs',
            [
              {
                title: 'Job',
                cell: ({ id, work }) => [
                  h('a', { class: 'name', href: linkTo('operate', { ...params, job: id }) }, inWords(work)),
                  h('span', { class: 'under' }, id),
                ],
              },
              {
                title: 'State',
                cell: ({ state, reason, restarts }) => [
                  h('span', { class: `state ${state}` }, state),
                  h(
                    'span',
                    { class: 'under' },
                    [reason, restarts > 0 && `began ${restarts} times again`].filter(Boolean).join('; '),
                  ),
                ],
              },
              { title: 'Made', isNumber: true, isExtra: true, cell: ({ madeAt }) => ageOf(madeAt, nowMs) },
              {
                title: 'Action',
                isNumber: true,
                cell: ({ id, state }) =>
                  ENDED.has(state)
                    ? act(sender, {
                        name: `job ${id}`,
                        text: 'Remove',
                        label: `Remove job ${id}`,
                        act: () => void remove(showing, id),
                      })
                    : act(sender, {
                        name: `job ${id}`,
                        text: 'Stop',
                        label: `Stop job ${id}`,
                        act: () => void sender.send(`job ${id}`, 'POST', `/api/v1/jobs/${id}/stop`),
                      }),
              },
            ],
            [{ rows: entries }],
          ),
    ),
  );
}

/**
 * Days on which something was missed are in EDDN's archive.
 * @param {Showing} showing
 * @param {Operating['days']} days oldest first, today last
 */
function fill({ sender }, days) {
  const missing = days.slice(0, -1).filter(({ missingS, isReplayed }) => missingS > 0 && !isReplayed);
  const [from, to] = [missing[0]?.day, missing.at(-1)?.day];
  if (from === undefined || to === undefined) return null;
  const work = { kind: 'backfill', from, to };
  return h(
    'div',
    { class: 'acts' },
    act(sender, {
      name: 'backfill',
      text: from === to ? `Fetch ${from} from the archive` : `Fetch ${from} to ${to} from the archive`,
      ask: 'Fetch these days from EDDN’s public archive? A day has 60 to 150 MB.',
      act: () => void sender.send('backfill', 'POST', '/api/v1/jobs', { work }),
    }),
  );
}

/**
 * @param {Showing} showing
 * @param {string} id
 */
async function remove({ sender, params }, id) {
  // Its log goes with it.
  if (params.job === id) history.replaceState(null, '', linkTo('operate', { ...params, job: '' }));
  await sender.send(`job ${id}`, 'DELETE', `/api/v1/jobs/${id}`);
}

/** @param {Job['work']} work */
function inWords(work) {
  return work.kind === 'replay'
    ? `Replay of ${work.files.join(', ')}`
    : `Backfill of ${work.from} to ${work.to}`;
}
