import type { FoundStation, ListAnswer } from '../../app/http/questions.ts';
import { answer, sayList } from './answer.ts';
import type { QuestionCommand } from './arguments.ts';
import { ageColumns, whereColumns } from './stations.ts';

/** `stale [--near SYSTEM] [--older-than 24h]`: what nobody has seen for a while. */
export function run({ query, format }: Extract<QuestionCommand, { verb: 'stale' }>): Promise<number> {
  return answer(async (ask) => {
    const found = await ask<ListAnswer<FoundStation>>('/freshness/stale', query);
    const columns = [...whereColumns<FoundStation>('near' in query), ...ageColumns<FoundStation>()];
    return sayList(found, columns, { format, nothing: 'nothing is stale among the markets that fit' });
  });
}
