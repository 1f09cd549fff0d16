import type { World } from './world.ts';

const PROBE_EVERY_MS = 5_000;
const VISIT_EVERY_MS = 20_000;

/** Lets players fly about: markets are seen, and another program writes to the same database. */
export function populate(world: World): void {
  const { clock, scenario, random } = world;
  const chatter = random.fork();
  const publishNext = () => {
    if (clock.now() >= scenario.troubledUntilMs) return;
    happen(world);
    clock.setTimeout(publishNext, chatter.wait(scenario.messageEveryMs));
  };
  clock.setTimeout(publishNext, 0);
  // While all is well one market goes on, so that it can be seen whether messages still arrive.
  let visits = 0;
  const visit = () => {
    const system = visits++ % scenario.systemsKnownAtMs.length;
    // Most tell what is so now, some what was.
    world.publish({ system, observedAtS: world.nowS - (visits % 5) * 60 });
    return system;
  };
  const travel = () => {
    if (clock.now() >= scenario.troubledUntilMs) return;
    visit();
    clock.setTimeout(travel, VISIT_EVERY_MS);
  };
  if (scenario.learns) clock.setTimeout(travel, VISIT_EVERY_MS);
  const probe = () => {
    if (clock.now() >= scenario.messagesUntilMs) return;
    if (clock.now() >= scenario.troubledUntilMs) {
      world.publish(world.message(1, world.nowS, 2));
      if (scenario.learns) world.visited.add(visit());
    }
    clock.setTimeout(probe, PROBE_EVERY_MS);
  };
  probe();
}

/** Mostly one message; sometimes a burst, a copy of an older one, or the work of the other program. */
function happen(world: World): void {
  const { random, messages, stations, clock } = world;
  const market = () => random.integer(1, world.scenario.markets);
  const roll = random.next();
  if (roll < 0.1 && messages.length > 0) {
    world.publish(messages[Math.max(0, messages.length - random.integer(1, 50))]!);
  } else if (roll < 0.11) {
    for (let i = random.integer(2, 100); i > 0; i--) world.publish(world.observe(market()));
  } else if (roll < 0.14) {
    // Somebody docks and trades: several observations of one market within a second or two.
    const marketId = market();
    world.onMoment('burst');
    for (let i = 0; i < 8; i++)
      clock.setTimeout(() => world.publish(world.observe(marketId)), i * random.between(50, 450));
  } else if (roll < 0.16) {
    for (const stored of stations.values()) stored.live &&= random.chance(0.5);
  } else if (roll < 0.18 && stations.size > 0) {
    const marketId = random.pick([...stations.keys()]);
    stations.set(marketId, { message: world.message(marketId, world.nowS, 3), live: random.chance(0.5) });
  } else {
    world.publish(world.observe(market()));
  }
}
