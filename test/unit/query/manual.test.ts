import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keyNames } from '#shared/query/keys.ts';
import { parseQuery } from '#shared/query/parse.ts';

const pages = { en: 'docs/query-language.md', es: 'docs/es/consulta.md' };

describe.each(Object.entries(pages))('the manual (%s)', (_, path) => {
  const page = readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

  it('names every key in both languages', () => {
    for (const { es, en } of Object.values(keyNames)) {
      expect(page).toContain(`\`${es}\``);
      expect(page).toContain(`\`${en}\``);
    }
  });

  it('shows queries that can be read', () => {
    // The first cell of each row of the tables whose first column is what one writes, and the example on top.
    const cells = [...page.matchAll(/^\| (`.*?`(?: · `.*?`)*) \|/gm)].map((row) => row[1] ?? '');
    const examples = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((code) => code[1] ?? ''));
    const whole = /```\n(.*)\n```/.exec(page)?.[1] ?? '';
    expect(examples.length).toBeGreaterThan(30);
    for (const example of [...examples, whole]) expect(parseQuery(example).clauses.length, example).toBeGreaterThan(0);
  });
});
