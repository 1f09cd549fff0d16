import { keptColonisation } from '../../app/commanders/colonisation.ts';
import { withQuestions, type Ask } from '../../app/http/questions.ts';
import { withStore } from '../one-shot.ts';

const LOOKS_ONLY = true;

/** Answers a question about what journals have told; nothing is made or changed, and no daemon is needed. */
export function askColonisation(work: (ask: Ask) => Promise<number>): Promise<number> {
  return withStore(
    async (store, base) => withQuestions(base, work, await keptColonisation(store)),
    LOOKS_ONLY,
  );
}
