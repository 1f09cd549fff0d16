import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Update } from '../../../domain/push/update.ts';
import type { EndReason, LogPosition, PushSink } from '../../../domain/ports/publishing/push.ts';
import type { MarketRecord } from '../../../domain/ports/store/queries.ts';
import type { Good, Goods } from '../api/goods.ts';
import { writePosition } from './position.ts';
import { toldSnapshot, toldUpdate } from './told.ts';

/** How long a reader whose connection was lost waits before he comes again. */
const RETRY_MS = 5_000;

const FAREWELLS: Readonly<Record<EndReason, string>> = {
  slow: 'you take less than comes: watch less, or read faster; the last id resumes',
  database: 'the database cannot be read now: come again, the last id resumes',
  stopping: 'the server ends: come again, the last id resumes',
  changed: 'the subscription watches something else now: come again, and begin with what is there',
  removed: 'there is no such subscription any more',
  gone: '',
};

/** Writes server-sent events; what is told to many is made once. */
export class EventWriter {
  readonly #goods: Goods;
  readonly #now: () => number;
  #known: ReadonlyMap<number, Good> = new Map();
  /** All but the ids: bytes that every socket takes as they are, while each would make its own of a text. */
  readonly #bytes = new WeakMap<Update, Buffer>();

  constructor(goods: Goods, now: () => number) {
    this.#goods = goods;
    this.#now = now;
  }

  /** Names of goods are read before they are told. Rejects where the database is away. */
  async prepare(markets: readonly MarketRecord[]): Promise<void> {
    this.#known = await this.#goods.of(markets);
  }

  /**
   * The sink of one subscriber.
   * @param head sent before the first event
   * @param tag of what he watches; null: he names it himself each time
   */
  sink(response: ServerResponse, head: OutgoingHttpHeaders, tag: string | null): PushSink {
    // A connection that is gone has room for all that nobody will read.
    const send = (text: string | Buffer) => {
      begin();
      return response.destroyed || response.writableEnded || response.write(text);
    };
    const begin = () => {
      if (response.destroyed || response.headersSent) return;
      response.writeHead(200, head);
      response.write(`retry: ${RETRY_MS}\n\n`);
    };
    const told = (name: string, position: LogPosition, data: object) =>
      `id: ${writePosition(position, tag)}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
    return {
      snapshot: (position, snapshot) =>
        send(told('snapshot', position, toldSnapshot(snapshot, this.#known, this.#now()))),
      update: (position, update) => {
        // They leave together: what is written in one go is.
        send(`id: ${writePosition(position, tag)}\n`);
        return send(this.#bytesOf(update));
      },
      position: (position) => send(told('position', position, {})),
      end: (reason) => {
        if (response.destroyed || response.writableEnded) return;
        begin();
        response.end(`event: end\ndata: ${JSON.stringify({ reason, message: FAREWELLS[reason] })}\n\n`);
      },
    };
  }

  #bytesOf(update: Update): Buffer {
    const made = this.#bytes.get(update);
    if (made !== undefined) return made;
    const data = toldUpdate(update, this.#known, this.#now());
    const bytes = Buffer.from(`event: ${update.change.kind}\ndata: ${JSON.stringify(data)}\n\n`);
    this.#bytes.set(update, bytes);
    return bytes;
  }
}
