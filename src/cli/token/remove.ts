import { AppError } from '../../domain/errors.ts';
import { didYouMean } from '../../domain/nearest.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `token remove NAME`. */
export function run({ name }: { readonly name: string }): Promise<number> {
  return withStore(async (store) => {
    if (await store.removeToken(name)) return say(`token ${name} is good for nothing any more\n`);
    const names = (await store.tokens()).map((token) => token.name);
    throw new AppError('usage', `there is no token "${name}"`, {
      advice: didYouMean(name, names, 'see tdl token list'),
    });
  });
}
