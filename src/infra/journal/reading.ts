import { z } from 'zod';
import type { Finding } from '../../domain/colonisation/book/findings.ts';
import { JournalReader, type JournalContext } from '../../domain/colonisation/reading/journal-reader.ts';
import { SentReader, type SentContext, type SentLine } from '../../domain/colonisation/reading/sent-lines.ts';

/** Reads the lines of one journal, in their order. */
export interface LineReader<Told, Context> {
  readonly context: Context;
  read(line: string): readonly Told[];
  /** The depot event that was read last, at another time; absent: it is read like any other line. */
  repeat?(timestamp: string): readonly Told[];
  /** What a file beside it tells. @param text whole */
  readSideFile(text: string): readonly Told[];
}

/** What is made of journals. */
export interface Reading<Told, Context> {
  /** @param context what is known in the middle of a file; absent: it is read from its beginning */
  readonly reader: (context?: Context) => LineReader<Told, Context>;
  /** As it is kept. */
  readonly context: z.ZodType<Context>;
}

const position = z.object({
  atS: z.number(),
  systemName: z.string(),
  systemId: z.string().nullable(),
  station: z.object({ name: z.string(), marketId: z.number(), type: z.string().nullable() }).nullable(),
});

/** What they tell. */
export const FINDINGS: Reading<Finding, JournalContext> = {
  reader: (context) => new JournalReader(context),
  context: z.object({ fid: z.string().nullable(), position: position.nullable() }),
};

/** What is sent of them. */
export const SENT_LINES: Reading<SentLine, SentContext> = {
  reader: (context) => new SentReader(context),
  context: z.object({
    commander: z.string().nullable(),
    place: z.string().nullable(),
    undocked: z.string().nullable(),
  }),
};
