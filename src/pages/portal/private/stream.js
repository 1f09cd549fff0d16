import { authorization } from './viewer.js';

const AGAIN_MS = 5_000;

/**
 * Listens to server-sent events that take a token, which browsers' own way of listening cannot show. Goes on until it is
 * told to end, whatever happens to the connection.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {() => void} onEvent
 */
export async function listen(path, signal, onEvent) {
  while (!signal.aborted) {
    try {
      const { body, ok } = await fetch(path, { headers: authorization(), signal });
      if (ok && body !== null) await read(body, onEvent);
    } catch {
      // It is asked again below.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {() => void} onEvent
 */
async function read(body, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    // Lines that only keep the connection alive begin with a colon.
    if (/^event:/m.test(value)) onEvent();
  }
}
