import type { Finding } from '../../colonisation/book/findings.ts';

/** Takes what journals on other computers tell. */
export interface JournalInbox {
  /**
   * @param sender whose token it came with
   * @param lines that told it
   * @returns false: it is not in the database yet; whoever sent it sends it again
   */
  receive(sender: string, lines: number, findings: readonly Finding[]): Promise<boolean>;
}

/** Somebody else's daemon that takes journals. */
export interface JournalOutlet {
  /**
   * Resolves when what was sent is in its database.
   * @throws AppError `usage`: it does not take it, and never will as it is; any other: another time it may
   */
  send(text: string, signal: AbortSignal): Promise<void>;
}
