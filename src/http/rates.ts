import { isIPv6 } from 'node:net';

/** How many requests a second, for how long a time at most saved up. 0: no limit. */
export type Rate = { perSecond: number; burstSeconds: number };

/** Answers how many seconds somebody must wait before their next request; 0: they may ask, and it is counted. */
export type Limiter = (name: string, nowMs: number) => number;

/**
 * A bucket of tokens for each name, kept as one number: the time at which it is full again (the generic cell rate
 * algorithm, ITU-T I.371). Of names beyond `namesMax` the one that asked least recently is forgotten, so its bucket is full.
 */
export function openLimiter({ perSecond, burstSeconds }: Rate, namesMax = 100_000): Limiter {
  if (perSecond === 0) return () => 0;
  const intervalMs = 1000 / perSecond;
  const burstMs = Math.max(burstSeconds * 1000, intervalMs);
  const fullAt = new Map<string, number>();
  return (name, nowMs) => {
    const next = Math.max(fullAt.get(name) ?? 0, nowMs) + intervalMs;
    const waitMs = next - nowMs - burstMs;
    // What is refused costs nothing, so that whoever asks again too early waits no longer for it.
    if (waitMs > 0.001) return waitMs / 1000;
    fullAt.delete(name);
    fullAt.set(name, next);
    if (fullAt.size > namesMax) fullAt.delete(fullAt.keys().next().value!);
    return 0;
  };
}

type Asker = { id: string; kind: 'participant' | 'staff' | 'integrator' };

/** The limits of one server. */
export type Rates = {
  /** Counts a request before anything else is done with it. Answers the seconds to wait, 0 where it may go on. */
  charge(token: string | undefined, address: string, nowMs: number): number;
  /** The token turned out to be this one's, so that their next request counts as theirs and not as their address's. */
  know(token: string, by: Asker): void;
  /** The token turned out to be nobody's. */
  forget(token: string): void;
};

const burstSeconds = 10;
const tokensMax = 100_000;

/**
 * Limits by API key, by person and by address. A request counts for whom its token belonged to the last time; what comes
 * without a token, or with one not seen before, counts for its address. So a flood of guesses costs no look at the database,
 * and does not shut out those at the same address who are known.
 */
export function openRates({ perKey, perPerson, perAddress }: RatesAsked): Rates {
  const people = openLimiter({ perSecond: perPerson, burstSeconds });
  const keys = openLimiter({ perSecond: perKey, burstSeconds });
  const addresses = openLimiter({ perSecond: perAddress, burstSeconds });
  const known = new Map<string, Asker>();
  return {
    charge(token, address, nowMs) {
      const by = token === undefined ? undefined : known.get(token);
      if (!by) return addresses(address, nowMs);
      return by.kind === 'integrator' ? keys(by.id, nowMs) : people(by.id, nowMs);
    },
    know(token, { id, kind }) {
      if (known.has(token)) return;
      known.set(token, { id, kind });
      if (known.size > tokensMax) known.delete(known.keys().next().value!);
    },
    forget: (token) => void known.delete(token),
  };
}

/** Requests a second; 0: no limit. */
export type RatesAsked = { perKey: number; perPerson: number; perAddress: number };

/**
 * The address that a request counts for: the socket's, or behind so many proxies of one's own the one that the outermost
 * of them saw. Of IPv6 the network (/64), for one household has as many addresses as it likes.
 */
export function addressOf(
  socket: string | undefined,
  forwarded: string | undefined,
  proxies: number,
): string {
  const seen = proxies > 0 ? forwarded?.split(',').at(-proxies)?.trim() : undefined;
  const address = (seen || socket || '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIPv6(address) ? networkOf(address) : address;
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...zeros, ...last]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
