import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '#main/access/passwords.ts';

describe('passwords', () => {
  it('are kept as argon2id with at least 46 MiB, salted', async () => {
    const [one, two] = await Promise.all([hashPassword('correcto caballo'), hashPassword('correcto caballo')]);
    const [, memory, passes, lanes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(one) ?? [];
    expect(Number(memory)).toBeGreaterThanOrEqual(46 * 1024);
    expect([passes, lanes]).toEqual(['1', '1']);
    expect(one).not.toBe(two);
    expect(one).not.toContain('caballo');
  });

  it('verify only the right one, however its accents are composed', async () => {
    const hash = await hashPassword('contraseña más larga');
    expect(await verifyPassword(hash, 'contraseña más larga')).toBe(true);
    expect(await verifyPassword(hash, 'contraseña más larga'.normalize('NFD'))).toBe(true);
    expect(await verifyPassword(hash, 'contrasena mas larga')).toBe(false);
    expect(await verifyPassword(hash, '')).toBe(false);
  });

  it('of nobody are never right', async () => {
    expect(await verifyPassword(null, 'xxxxxxxxxxxx')).toBe(false);
  });
});
