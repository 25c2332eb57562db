import { describe, expect, test } from 'vitest';
import { requireName, writingError } from '#main/export/partial-file.ts';
import { type ErrorCode, errorSentence, isBitacoraError } from '#shared/contract/errors.ts';

const sentences = (error: unknown): readonly string[] => {
  if (!isBitacoraError(error)) throw new Error('no error for a person');
  const { code, details } = error.toWire();
  return (['es', 'en'] as const).map((language) => errorSentence(code as ErrorCode, details, language));
};
const failure = (code: string, syscall: string): Error => Object.assign(new Error(code), { code, syscall });
const thrownBy = (work: () => void): unknown => {
  try {
    work();
    return null;
  } catch (error) {
    return error;
  }
};

const held = [
  'No se puede escribir «a.xlsx»: otro programa lo tiene abierto. Elija otro lugar u otro nombre; no ha quedado nada a medias.',
  '“a.xlsx” can’t be written: another program has it open. Choose another place or name; nothing was left half-done.',
];

describe('what keeps a document from being written', () => {
  test('is told by its reason; what Windows calls forbidden while a program has the file open is told as that', () => {
    for (const code of ['EBUSY', 'ETXTBSY']) {
      expect(sentences(writingError(failure(code, 'rename'), 'a.xlsx', 'linux'))).toEqual(held);
    }
    for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
      expect(sentences(writingError(failure(code, 'rename'), 'a.xlsx', 'win32'))).toEqual(held);
    }
    expect(sentences(writingError(failure('EACCES', 'open'), 'a.xlsx', 'win32'))[0]).toContain('no hay permiso');
    expect(sentences(writingError(failure('EPERM', 'rename'), 'a.xlsx', 'linux'))[1]).toContain('does not allow it');
    expect(sentences(writingError(failure('ENOSPC', 'write'), 'a.xlsx'))[1]).toContain('The disk became full');
  });

  test('a fault of ours stays one', () => {
    const bug = new Error('a bug');
    expect(writingError(bug, 'a.xlsx')).toBe(bug);
  });

  test('a name that the system does not take is refused before anything is begun', () => {
    const reason = 'el nombre tiene caracteres que este disco no admite';
    for (const name of [
      'a:b.csv',
      'a?.csv',
      '"a".csv',
      'a|b.csv',
      'nul',
      'CON.csv',
      'com1.txt',
      'a.csv ',
      'a\u0001.csv',
    ]) {
      expect(sentences(thrownBy(() => requireName(name, 'win32')))[0], name).toContain(reason);
      expect(
        thrownBy(() => requireName(name, 'linux')),
        name,
      ).toBeNull();
    }
    for (const name of ['año 2026 «uno».csv', 'console.csv', 'a.b.csv']) {
      expect(thrownBy(() => requireName(name, 'win32'))).toBeNull();
    }
    expect(sentences(thrownBy(() => requireName('a\0b.csv', 'linux')))[1]).toContain('the name has characters');
  });
});
