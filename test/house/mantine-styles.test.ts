import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSources, repository } from './sources.ts';

const mantine = path.join(repository, 'node_modules/@mantine');
const listed = [
  ...readFileSync(path.join(repository, 'src-renderer/ui/mantine.css'), 'utf8').matchAll(
    /@import "@mantine\/core\/styles\/([^"]+)\.css";/g,
  ),
].map((line) => line[1] ?? '');

/** The class that a style begins with, by which Mantine's own order can be told. */
const firstClass = (name: string): string | undefined =>
  /\.(m_[0-9a-z]+)/.exec(readFileSync(path.join(mantine, 'core/styles', `${name}.css`), 'utf8'))?.[1];

/** The components that a module of Mantine is made of, and they of, and so on. */
const componentsBehind = (file: string, seen: Set<string>): void => {
  if (seen.has(file) || !existsSync(file)) return;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, specifier = ''] of text.matchAll(/from\s*"(\.[^"]+)"/g)) {
    componentsBehind(path.resolve(path.dirname(file), specifier), seen);
  }
};

const shownComponents = (): string[] => {
  const names = readSources('src-renderer').flatMap(({ text }) =>
    [...text.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)].flatMap((line) =>
      (line[1] ?? '').split(',').map((name) => name.trim().replace(/^type\s+/, '')),
    ),
  );
  const seen = new Set<string>();
  for (const name of names) {
    componentsBehind(path.join(mantine, 'core/esm/components', name, `${name}.mjs`), seen);
  }
  const styled = new Set(
    readdirSync(path.join(mantine, 'core/styles')).flatMap((file) => /^(\w+)\.css$/.exec(file)?.[1] ?? []),
  );
  return [...new Set([...seen].map((file) => path.basename(file, '.mjs')))].filter((name) => styled.has(name)).sort();
};

test('every Mantine component that is shown has its style, and so has what it is made of', () => {
  const shown = shownComponents();
  expect(shown.length).toBeGreaterThan(15);
  expect(shown.filter((name) => !listed.includes(name))).toEqual([]);
});

test('the styles are in Mantine’s own order, which decides where two say different things', () => {
  const whole = readFileSync(path.join(mantine, 'core/styles.css'), 'utf8');
  const places = listed.flatMap((name) => {
    const found = firstClass(name);
    return found === undefined ? [] : [whole.indexOf(`.${found}`)];
  });
  expect(places.length).toBeGreaterThan(15);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});
