import type { ServerResponse } from 'node:http';
import type { Patrols } from '../../../domain/ports/commanders/patrols.ts';
import type { ScoutTours } from '../../../domain/ports/commanders/scout-tours.ts';
import { patrolProgress, tourProgress } from '../../../domain/tours/progress.ts';
import { ENDED } from '../../../domain/tours/scout-tour.ts';

/** Proxies cut connections on which nothing comes. */
const ALIVE_MS = 15_000;

export interface ProgressDeps {
  readonly tours: ScoutTours;
  readonly patrols: Patrols;
}

/**
 * Tells a listener how tours and patrols stand, then every change. While he takes nothing, only the newest of each is
 * remembered. Lives as long as the connection.
 * @returns ends it
 */
export function tellProgress(response: ServerResponse, { tours, patrols }: ProgressDeps): () => void {
  const waiting = new Map<string, string>();
  let isFull = false;
  const send = (text: string) => {
    isFull = !response.destroyed && !response.writableEnded && !response.write(text);
  };
  const tell = (key: string, event: string, data: object) => {
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    if (isFull) waiting.set(key, text);
    else send(text);
  };
  const open = tours.list().filter(({ state }) => !ENDED.has(state));
  tell('snapshot', 'snapshot', {
    tours: open.map(tourProgress),
    patrols: patrols.list().map((patrol) => patrolProgress(patrol.order.name, patrol)),
  });
  const leaveTours = tours.follow((tour) => tell(`tour ${tour.id}`, 'tour', tourProgress(tour)));
  const leavePatrols = patrols.follow((name, patrol) =>
    tell(`patrol ${name}`, 'patrol', patrolProgress(name, patrol)),
  );
  const alive = setInterval(() => {
    if (!isFull) send(': alive\n\n');
  }, ALIVE_MS);
  response.on('drain', () => {
    const texts = [...waiting.values()].join('');
    waiting.clear();
    isFull = false;
    if (texts !== '') send(texts);
  });
  response.on('close', () => {
    clearInterval(alive);
    leaveTours();
    leavePatrols();
  });
  return () => {
    if (response.destroyed || response.writableEnded) return;
    response.end(`event: end\ndata: ${JSON.stringify({ reason: 'stopping' })}\n\n`);
  };
}
