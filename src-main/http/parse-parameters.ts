import type { z } from 'zod';
import { BitacoraError } from '#shared/contract/errors.ts';

/** What an address carries, by its schema. Throws `invalid` with the names of what is not valid. */
export const parseParameters = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = new Set(parsed.error.issues.map((issue) => issue.path.map(String).join('.') || '(query)'));
  throw new BitacoraError('invalid', { fields: [...fields].join(', ') });
};
