import type {
  JournalFolder,
  LookedAt,
  LookOptions,
} from '../../src/domain/ports/commanders/journal-folder.ts';

export const FOUND: LookedAt = { files: 1, lines: 2, bytes: 3, problems: [] };

/** A folder in which what is told next is written by hand. */
export function writtenFolder<Told>() {
  const state = {
    told: [] as Told[],
    looked: FOUND as LookedAt | null,
    error: null as Error | null,
    gate: Promise.resolve() as Promise<unknown>,
    rereadGate: Promise.resolve() as Promise<unknown>,
    looks: [] as boolean[],
    kept: [] as boolean[],
    options: null as LookOptions<Told> | null,
    stir: null as (() => void) | null,
  };
  const folder: JournalFolder<Told> = {
    path: '/j',
    look: async (options) => {
      state.looks.push(options.everything);
      state.options = options;
      await state.gate;
      if (state.error !== null) throw state.error;
      options.take(state.told.splice(0));
      return state.looked;
    },
    reread: async ({ take }) => {
      await state.rereadGate;
      take(state.told.splice(0));
      return state.looked;
    },
    keep: (isLast) => Promise.resolve(void state.kept.push(isLast)),
    notice: (onStir) => {
      state.stir = onStir;
      return () => (state.stir = null);
    },
  };
  return { folder, state };
}
