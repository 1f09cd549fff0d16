import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { EndReason } from '../../../domain/ports/publishing/push.ts';
import type { ToldSnapshot, ToldUpdate } from './told.ts';

/** An event of `/api/v1/stream`, as it is read again. */
export type ToldEvent =
  | { readonly event: 'snapshot'; readonly id: string | null; readonly data: ToldSnapshot }
  | { readonly event: 'market' | 'station'; readonly id: string | null; readonly data: ToldUpdate }
  | { readonly event: 'position'; readonly id: string | null; readonly data: object }
  | {
      readonly event: 'end';
      readonly id: null;
      readonly data: { readonly reason: EndReason; readonly message: string };
    };

/** Events of an answer, until it ends. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ToldEvent, void> {
  const events = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { event, id, data } of events) {
    yield { event, id: id ?? null, data: JSON.parse(data) as unknown } as ToldEvent;
  }
}
