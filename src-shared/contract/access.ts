import { z } from 'zod';

export const roles = ['admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

export const loginSchema = z
  .string()
  .min(1)
  .max(150)
  .regex(/^[\p{L}\p{N}._@+-]+$/u);
/** At least 10 characters; no other rule (NIST SP 800-63B §5.1.1). At most 1,000, so that hashing stays bounded. */
export const passwordSchema = z.string().min(10).max(1000);

export const accountSchema = z.object({ login: z.string(), name: z.string(), role: z.enum(roles) });
export type Account = z.infer<typeof accountSchema>;

/** `capture` may only store entries, `read` may only read them. */
export const tokenScopes = ['capture', 'read'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** A token as it is listed. The token itself is shown once, when it is made. */
export const tokenSchema = z.object({
  id: z.number().int().positive(),
  name: z.string(),
  scope: z.enum(tokenScopes),
  /** Its last four characters, to tell it from others. */
  hint: z.string(),
  /** ISO 8601 instants. */
  createdAt: z.string(),
  /** To the minute; null when it was never used. */
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});
export type Token = z.infer<typeof tokenSchema>;

export const sessionSchema = z.object({ token: z.string(), account: accountSchema });
export type Session = z.infer<typeof sessionSchema>;
