import type { CaptureReceipt } from '#shared/contract/capture.ts';
import type { CaptureState } from '#shared/contract/capture-state.ts';
import { isBitacoraError, isCancelled } from '#shared/contract/errors.ts';
import { createRateWindow, type RateWindow } from './rate-window.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So many sources have rates; of more, those that were heard of last. */
const mostSources = 1000;

/** What one source sent, as far as this engine has heard. */
export interface HeardSource {
  readonly lastMinute: number;
  readonly lastHour: number;
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
}

/** Counts what programs send and what is followed, in memory: nothing of it is asked of the ledger. */
export interface CaptureFigures {
  /** To be called when a request's body is here; ends with one of the two. */
  begin(): {
    stored(receipt: CaptureReceipt): void;
    failed(error: unknown): void;
  };
  /** What was stored, or was there already, by its source. */
  hear(sources: ReadonlyMap<string, number>): void;
  /** A request that was turned away before anything of it was taken in. */
  refused(error: unknown): void;
  /** So many logs are followed from now on. */
  followed(count: number): void;
  state(): Pick<CaptureState, 'since' | 'follows' | 'waiting' | 'stored' | 'duplicates' | 'refused' | 'trouble'>;
  heard(): ReadonlyMap<string, HeardSource>;
  /** Forgets the sources: another ledger has others. */
  forgetSources(): void;
  onChange(listener: () => void): () => void;
}

/** `code`, or for what could not be stored the reason why. */
const reasonOf = (error: unknown): string => {
  if (!isBitacoraError(error)) return 'internal';
  return error.code === 'not_accepting' ? String(error.details.reason) : error.code;
};

/** Refusals that speak of us, not of what was sent, and not of a person's choice. */
const isTrouble = (error: unknown): boolean =>
  !isBitacoraError(error) ||
  error.code === 'internal' ||
  (error.code === 'not_accepting' && error.details.reason !== 'capture_off');

const iso = (time: number): string => new Date(time).toISOString();

/** `now` in milliseconds since 1970. */
export const createCaptureFigures = (now: () => number = Date.now): CaptureFigures => {
  const since = iso(now());
  const listeners = new Set<() => void>();
  const refusals = new Map<string, { requests: number; lastAt: number }>();
  const sources = new Map<string, { readonly minute: RateWindow; readonly hour: RateWindow; lastSeenAt: number }>();
  let follows = 0;
  let waiting = 0;
  let stored = 0;
  let duplicates = 0;
  let trouble: { readonly reason: string; readonly at: number; healedAt: number | null } | null = null;

  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };

  const hearOf = (name: string, entries: number, at: number): void => {
    const known = sources.get(name) ?? {
      minute: createRateWindow(minuteMs, 60),
      hour: createRateWindow(hourMs, 60),
      lastSeenAt: at,
    };
    known.minute.add(entries, at);
    known.hour.add(entries, at);
    known.lastSeenAt = at;
    // Whoever was heard of last stands last.
    sources.delete(name);
    sources.set(name, known);
    for (const oldest of sources.keys()) {
      if (sources.size <= mostSources) break;
      sources.delete(oldest);
    }
  };

  const refuse = (error: unknown): void => {
    // Whoever sent it went away: nothing was refused.
    if (isCancelled(error)) return;
    const at = now();
    const reason = reasonOf(error);
    refusals.set(reason, { requests: (refusals.get(reason)?.requests ?? 0) + 1, lastAt: at });
    if (isTrouble(error)) trouble = { reason, at, healedAt: null };
    changed();
  };

  return {
    begin: () => {
      waiting += 1;
      changed();
      return {
        stored: (receipt) => {
          const at = now();
          waiting -= 1;
          stored += receipt.stored;
          duplicates += receipt.duplicates;
          if (trouble !== null) trouble.healedAt ??= at;
          changed();
        },
        failed: (error) => {
          waiting -= 1;
          refuse(error);
          changed();
        },
      };
    },
    hear: (named) => {
      const at = now();
      for (const [name, count] of named) hearOf(name, count, at);
    },
    refused: refuse,
    followed: (count) => {
      if (count === follows) return;
      follows = count;
      changed();
    },
    state: () => ({
      since,
      follows,
      waiting,
      stored,
      duplicates,
      refused: [...refusals]
        .map(([reason, { requests, lastAt }]) => ({ reason, requests, lastAt: iso(lastAt) }))
        .sort((a, b) => b.requests - a.requests),
      trouble: trouble && {
        reason: trouble.reason,
        at: iso(trouble.at),
        healedAt: trouble.healedAt === null ? null : iso(trouble.healedAt),
      },
    }),
    heard: () => {
      const at = now();
      return new Map(
        [...sources].map(([name, { minute, hour, lastSeenAt }]) => [
          name,
          { lastMinute: minute.sum(at), lastHour: hour.sum(at), lastSeenAt },
        ]),
      );
    },
    forgetSources: () => sources.clear(),
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
