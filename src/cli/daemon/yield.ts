import { AppError } from '../../domain/errors.ts';
import { askDaemon } from '../beside.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/** `yield`: has the daemon that works here let another one on its database lead. */
export function run(): Promise<number> {
  return withSettings(async (base) => {
    if ((await askDaemon(base, 'yield')) === null) {
      throw new AppError('control', `no daemon works on ${base.paths.dataDir} that could yield`, {
        advice: 'run it where the daemon that leads runs: tdl status tells which one that is',
      });
    }
    return say(
      'it does no longer lead: what it updated, published and maintained has ended, and another daemon takes over\n',
    );
  });
}
