import { verifyPassword } from '#main/access/passwords.ts';
import type { Clock } from '#main/access/sessions.ts';
import type { Desk, SignInAttempts, StoredAccount } from '#main/store/desk.ts';
import { loginSchema } from '#shared/contract/access.ts';
import { BitacoraError } from '#shared/contract/errors.ts';
import { foldCase } from '#shared/text/fold.ts';

const microsecondsPerSecond = 1_000_000;

interface BackOff {
  /** This many failures in a row cost no waiting yet. */
  readonly free: number;
  readonly longestSeconds: number;
}
/** One login: after the 5th failure 1 s, then 2, 4 … up to 15 minutes. */
const perLogin: BackOff = { free: 5, longestSeconds: 900 };
/**
 * All logins together, against one password tried on many names. Gentler, so that a stranger at one keyboard can't lock
 * everybody out: after the 25th failure in a row 1 s, then 2, 4 … up to one minute.
 */
const overall: BackOff = { free: 25, longestSeconds: 60 };
/** The subject of all sign-ins together; no login can be spelt like it. */
const everybody = '*';

/** Seconds that are left to wait, 0 when another attempt is allowed. A clock that stepped back never lengthens the wait. */
const secondsToWait = (attempts: SignInAttempts, backOff: BackOff, now: number): number => {
  if (attempts.failures < backOff.free) return 0;
  const whole = Math.min(2 ** (attempts.failures - backOff.free), backOff.longestSeconds);
  const passed = Math.max(0, now - attempts.lastFailureAt) / microsecondsPerSecond;
  return passed >= whole ? 0 : Math.ceil(whole - passed);
};

type CheckCredentials = (
  desk: Desk,
  credentials: { readonly login: string; readonly password: string },
) => Promise<StoredAccount>;

/**
 * Checks a login and its password. Throws `wrong_credentials`, the same and after the same time whether the login exists
 * or not, and `too_many` with the `seconds` to wait. Attempts are checked one after the other: many at once neither
 * slip past the count nor take 46 MiB each.
 */
export const createCheckCredentials = (now: Clock): CheckCredentials => {
  let last: Promise<unknown> = Promise.resolve();

  const check: CheckCredentials = async (desk, { login, password }) => {
    // As the desk compares logins: another spelling of the same login is no fresh start.
    const folded = foldCase(login);
    const subjects: readonly (readonly [string, BackOff])[] = loginSchema.safeParse(login).success
      ? [
          [folded, perLogin],
          [everybody, overall],
        ]
      : [[everybody, overall]];
    for (const [subject, backOff] of subjects) {
      const seconds = secondsToWait(await desk.readAttempts(subject), backOff, now());
      if (seconds > 0) throw new BitacoraError('too_many', { seconds });
    }
    const account = await desk.findAccount(login);
    const right = await verifyPassword(account?.passwordHash ?? null, password);
    // One write each way and for every subject, so that success, failure and an unknown login cost the same.
    for (const [subject] of subjects) await desk.recordAttempt(subject, right, now());
    if (account === null || !right) throw new BitacoraError('wrong_credentials');
    return account;
  };

  return (desk, credentials) => {
    const mine = last.then(() => check(desk, credentials));
    last = mine.catch(() => undefined);
    return mine;
  };
};
