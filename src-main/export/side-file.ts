import { completenessLabel, completenessLines } from './completeness.ts';
import type { ExportFacts } from './document.ts';

/** `trail.csv` → `trail.csv.completeness.json` */
export const sideFileName = (document: string): string => `${document}.completeness.json`;

/**
 * The completeness sheet of a format that has no room for it: JSON with the facts for machines, and under `sheet` the
 * same for people, in the language of the export.
 */
export const sideFileText = (
  facts: ExportFacts,
  files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[],
): string => {
  const lines = [
    ...completenessLines(facts),
    ...files.map(({ name, sha256 }) => ({
      label: `${completenessLabel('fileHash', facts.language)} ${name}`,
      value: sha256,
    })),
  ];
  const title = completenessLabel('title', facts.language);
  const sheet = { title, ...Object.fromEntries(lines.map(({ label, value }) => [label, value])) };
  return `${JSON.stringify({ ...facts, files, sheet }, null, 2)}\n`;
};
