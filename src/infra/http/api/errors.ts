/** What a client did wrong, or asked for in vain. */
export class ApiError extends Error {
  readonly statusCode: 400 | 404 | 409 | 503;
  /** More for the body of the answer. */
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(
    statusCode: ApiError['statusCode'],
    message: string,
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.statusCode = statusCode;
    this.facts = facts;
  }
}
