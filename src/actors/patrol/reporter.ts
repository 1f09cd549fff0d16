import type { Log } from '../../domain/ports/log.ts';
import type { KeptPatrol } from '../../domain/ports/commanders/patrols.ts';
import { age } from '../../domain/tours/patrols/describe-patrol.ts';

/** A line whenever a patrol has become another. */
export function reportPatrol(log: Log, { order: { name, about, maxAgeS }, state, look }: KeptPatrol): void {
  if (look === null) return;
  const { markets, overdue, late, unlisted, needed, able } = look;
  const facts = { patrol: name, state, markets, overdue, late, unlisted, needed, able };
  const takes = needed === null ? '' : `; commanders: ${needed} needed, ${able} there`;
  const region = `${markets} markets ${about}`;
  if (state === 'short') {
    const what = `${overdue} older than ${age(maxAgeS)}, ${late} will be, nobody is sent to ${unlisted}`;
    log.warn(facts, `patrol ${name}: short, of ${region} ${what}${takes}`);
  } else if (state === 'done')
    log.info(facts, `patrol ${name}: done, none of ${region} is older than ${age(maxAgeS)}`);
  else log.info(facts, `patrol ${name}: kept, none of ${region} is older than ${age(maxAgeS)}${takes}`);
}
