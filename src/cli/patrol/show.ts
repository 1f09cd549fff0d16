import { keptPatrol, type DescribedPatrol } from '../../app/commanders/patrols.ts';
import { plainText } from '../../domain/eddn/values.ts';
import { length } from '../daemon/status-lines.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';
import type { PlanFormat } from '../tour/arguments.ts';
import { listsOf } from '../tour/show.ts';

const LOOKS_ONLY = true;

/** `patrol show NAME [--json|--csv|--systems]`: how it stands, and what its commanders have before them. */
export function run({
  name,
  format,
}: {
  readonly name: string;
  readonly format: PlanFormat;
}): Promise<number> {
  return withStore(async (store) => {
    const patrol = await keptPatrol(store, name);
    const { tour } = patrol;
    if (format === 'json') return say(`${JSON.stringify(patrol)}\n`);
    if (format !== 'table') return say(tour === null ? '' : listsOf(tour, format));
    const lists =
      tour === null ? 'nobody is sent anywhere now\n' : `tour ${tour.id}\n${listsOf(tour, format)}`;
    return say(`${headOf(patrol)}\n${lists}`);
  }, LOOKS_ONLY);
}

function headOf({ name, state, about, maxAgeS, isOnce, look, commanders }: DescribedPatrol): string {
  const how = isOnce ? 'once' : 'standing';
  const who = commanders.map((each) => plainText(each.name)).join(', ') || 'nobody';
  const head = `patrol ${name}: ${state}; ${plainText(about)} at most ${length(maxAgeS)} old, ${how}; may send ${who}\n`;
  if (look === null) return `${head}no daemon has looked at it yet\n`;
  const {
    markets,
    overdue,
    neverSeen,
    listed,
    late,
    unlisted,
    commandersNeeded: needed,
    commandersAble,
  } = look;
  const takes =
    needed === null ? '' : `; commanders: ${needed} needed where nobody else looks, ${commandersAble} there`;
  return (
    `${head}${look.at}: ${markets} markets, ${overdue} too old (${neverSeen} never seen), ` +
    `${listed} on lists, ${late} of them read too late, nobody is sent to ${unlisted}${takes}\n`
  );
}
