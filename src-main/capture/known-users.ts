import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { BitacoraError } from '#shared/contract/errors.ts';
import type { KnownUsers } from './map-row.ts';
import type { KnownUser } from './split-person.ts';

const text = z.union([z.string(), z.number()]).nullish();

/** A user as the usual systems export them; unknown fields are of no interest here. */
const userSchema = z.object({
  id: text,
  username: text,
  login: text,
  first_name: text,
  last_name: text,
  name: text,
  email: text,
});

const textOf = (value: z.infer<typeof text>): string | null => (value == null || value === '' ? null : String(value));

const knownUser = (user: z.infer<typeof userSchema>): KnownUser => {
  const fullName = [user.first_name, user.last_name]
    .map(textOf)
    .filter((part) => part !== null)
    .join(' ');
  return {
    id: textOf(user.id),
    login: textOf(user.username) ?? textOf(user.login),
    name: textOf(user.name) ?? (fullName === '' ? null : fullName),
    email: textOf(user.email),
  };
};

/**
 * People by id and by login, from a JSON list of users (`id username first_name last_name email`, as Django exports
 * them, or `id login name email`). Throws `file_unreadable` when it is no such list.
 */
export const readKnownUsers = async (path: string): Promise<KnownUsers> => {
  let users: readonly z.infer<typeof userSchema>[];
  try {
    users = z.array(userSchema).parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? (error.issues[0]?.message ?? '') : (error as Error).message;
    throw new BitacoraError('file_unreadable', { path, reason }, { cause: error });
  }
  const known = new Map<string, KnownUser>();
  for (const user of users.map(knownUser)) {
    if (user.login !== null) known.set(user.login, user);
    if (user.id !== null) known.set(user.id, user);
  }
  return known;
};
