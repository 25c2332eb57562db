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

export const sessionSchema = z.object({ token: z.string(), account: accountSchema });
export type Session = z.infer<typeof sessionSchema>;
