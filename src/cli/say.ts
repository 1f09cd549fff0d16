import { EXIT } from '../domain/errors.ts';

/** @returns the exit code of what has no more to do */
export function say(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

/** Help, and the version. */
export function run({ text }: { readonly text: string }): Promise<number> {
  return Promise.resolve(say(text));
}
