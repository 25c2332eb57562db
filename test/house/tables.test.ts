import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { migrations } from '#main/store/sqlite/migrations/index.ts';
import { errorTable } from '#shared/contract/errors.ts';
import { procedures } from '#shared/contract/procedures.ts';
import { readSources, repository } from './sources.ts';

const placesIn = (sentence: string): string[] =>
  [...sentence.matchAll(/\{(\w+)\}/g)].map((place) => place[1] ?? '').sort();

test.each(Object.entries(errorTable))('error %s says the same in both languages', (_code, { status, es, en }) => {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(600);
  for (const sentence of [es, en]) expect(sentence).toMatch(/\S/);
  // A value that is itself a sentence has one name per language: {reason} and {reasonEs}.
  expect(placesIn(es).map((place) => place.replace(/Es$/, ''))).toEqual(placesIn(en));
});

test.each(Object.entries(procedures))('procedure %s says what it is', (name, spec) => {
  expect(name).toMatch(/^[a-z]+\.[a-z][A-Za-z]*$/);
  expect(spec.summary).toMatch(/^\p{Lu}.{8,}\.$/su);
  expect(['query', 'command', 'job']).toContain(spec.kind);
  expect(['public', 'auditor', 'reader', 'capture', 'admin', 'host']).toContain(spec.access);
  if ('progress' in spec || 'event' in spec) expect(spec.kind).toBe('job');
});

test('every procedure has exactly one handler', () => {
  const handled = readSources('src-main/procedures').flatMap((file) =>
    [...file.text.matchAll(/^\s+'([a-z]+\.[A-Za-z]+)':\s/gm)].map((match) => match[1] ?? ''),
  );
  expect(handled.sort()).toEqual(Object.keys(procedures).sort());
});

test('every migration is listed, numbered, and named as its file', () => {
  const files = readdirSync(path.join(repository, 'src-main/store/sqlite/migrations'))
    .filter((name) => /^\d/.test(name))
    .sort();
  expect(files.length).toBeGreaterThan(0);
  expect(migrations.map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}.ts`)).toEqual(files);
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, place) => place + 1));
  for (const { up } of migrations) expect(up.length).toBeGreaterThan(0);
});

test('every exported item of the contract that is no schema has its meaning written down', () => {
  // Schemas and the types inferred from them explain themselves field by field.
  const undocumented = readSources('src-shared/contract').flatMap(({ path: file, text }) =>
    [...text.matchAll(/(\*\/\n|\n)export (?:interface|class) (\w+)/g)]
      .filter((match) => match[1] !== '*/\n')
      .map((match) => `${file}: ${match[2]}`),
  );
  expect(undocumented).toEqual([]);
});
