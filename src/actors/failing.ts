/** What the context of a machine that tries again tells a reporter. */
export interface Failing {
  readonly attempt: number;
  readonly lastError: string | null;
}
