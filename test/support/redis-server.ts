import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { killChild } from './child.ts';
import { freePort } from './free-port.ts';
import { onPath, sayOnce, unpackedEnv, unpackPackages } from './packages.ts';

/** With the libraries whose names do not say so. */
const PACKAGES = ['redis-server', 'redis-tools', 'lua-bitop', 'lua-cjson'];

interface RedisBinary {
  readonly server: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Installed, else unpacked, else undefined (said in one line); with `CI=true` a missing server is an error. */
export async function findRedis(): Promise<RedisBinary | undefined> {
  const server = onPath('redis-server', 'valkey-server');
  if (server !== undefined) return { server, env: process.env };
  try {
    const root = await unpackPackages('redis', PACKAGES);
    return { server: path.join(root, 'usr/bin/redis-server'), env: unpackedEnv(root) };
  } catch (error) {
    const message = `broker tests need redis-server: none is installed, and its packages could not be unpacked`;
    if (process.env.CI === 'true') throw new Error(message, { cause: error });
    sayOnce('no-redis', `${message}; skipped`);
    return undefined;
  }
}

/** A private redis-server on a temporary directory and a port; what it was told survives its kill. */
export class RedisServer {
  readonly #binary: RedisBinary;
  readonly #args: readonly string[];
  #folder = '';
  #process: ChildProcess | undefined;
  port = 0;
  readonly #endWithUs = (): void => {
    this.#process?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  constructor(binary: RedisBinary, args: readonly string[] = []) {
    this.#binary = binary;
    this.#args = args;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async create(): Promise<void> {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'tdl-redis-'));
    process.once('exit', this.#endWithUs);
    this.port = await freePort();
    await this.start();
  }

  /** Starts, or starts again on the same data and port. */
  async start(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.#folder];
    const kept = ['--save', '', '--appendonly', 'yes'];
    const { server, env } = this.#binary;
    const child = spawn(server, [...options, ...kept, ...this.#args], { env, stdio: 'ignore' });
    this.#process = child;
    for (;;) {
      try {
        await this.ask((client) => client.ping());
        return;
      } catch (error) {
        // It refuses those without a password: it is there.
        if (error instanceof Error && error.message.startsWith('NOAUTH')) return;
        if (child.exitCode !== null) throw new Error('redis-server ended at start', { cause: error });
        await sleep(20);
      }
    }
  }

  async kill(): Promise<void> {
    if (this.#process !== undefined) await killChild(this.#process);
  }

  /** Freezes it: connections stay open, nothing answers. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async destroy(): Promise<void> {
    this.resume();
    await this.kill();
    process.off('exit', this.#endWithUs);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Asks it on a connection of its own. */
  async ask<T>(
    run: (client: ReturnType<typeof connectTo>) => Promise<T>,
    password: string | null = null,
  ): Promise<T> {
    const client = connectTo(this.url, password);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await run(client);
    } finally {
      if (client.isOpen) client.destroy();
    }
  }
}

function connectTo(url: string, password: string | null) {
  return createClient({ url, ...(password !== null && { password }), socket: { reconnectStrategy: false } });
}
