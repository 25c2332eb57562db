import { hash, verify } from '@node-rs/argon2';

/** Argon2id (the library's default) with 46 MiB, one pass, one lane: the first choice of OWASP's password storage sheet. */
const cost = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

/**
 * A hash that no password is known for, made with the same cost. Checking against it takes as long as checking a real
 * one, so that the time of an answer does not tell whether a login exists.
 */
const nobodysHash = '$argon2id$v=19$m=47104,t=1,p=1$gQ0e2Gx6JRo819NyY+QQnQ$/uBukJj8Xp9E5MttzoEJaEoDxsBGyIrtgqHublrY6QA';

/** The same characters typed on another keyboard or system must be the same password (NIST SP 800-63B §5.1.1.2). */
const normalise = (password: string): string => password.normalize('NFKC');

/** PHC string of the argon2id hash, with a fresh salt. */
export const hashPassword = (password: string): Promise<string> => hash(normalise(password), cost);

/** `passwordHash` null: nobody has that login; the answer is false and takes as long as for somebody. */
export const verifyPassword = async (passwordHash: string | null, password: string): Promise<boolean> => {
  const matches = await verify(passwordHash ?? nobodysHash, normalise(password));
  return matches && passwordHash !== null;
};
