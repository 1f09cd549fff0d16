import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Whether somebody asks who need not know what this machine calls its hosts, paths and databases: from another machine
 * (a proxy here names it in X-Forwarded-For), or by a name that anybody can give to this address (DNS rebinding: a page
 * of that name reads what its browser's machine may read).
 */
export function isStranger({ ip, headers, socket: { localAddress = '' } }: FastifyRequest): boolean {
  const hostname = hostnameOf(headers.host ?? '');
  if (!isLoopback(ip) && ip !== localAddress) return true;
  // Off the loopback, `localhost` is what somebody in between makes of another name.
  return !(isOwnName(hostname) && (hostname !== 'localhost' || isLoopback(localAddress)));
}

function isLoopback(address: string): boolean {
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** @param host as `Host` has it. @returns in lower case, an IPv6 address in brackets; empty: it makes no sense */
export function hostnameOf(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? '';
}

/** An IP address cannot be rebound, and browsers keep localhost to this machine. */
export function isOwnName(hostname: string): boolean {
  return hostname === 'localhost' || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
}
