import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');

export interface SourceImport {
  /** As it is written. */
  readonly specifier: string;
  /** True when nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

export interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
}

/** `import … from`, `export … from`, `import '…'` and `import('…')`. */
const importPattern =
  /^[ \t]*(?:import|export)\s+(?<type>type\s)?(?<names>[^'";]*?)\s*from\s+'(?<from>[^']+)'|^import\s+'(?<bare>[^']+)'|\bimport\(\s*'(?<dynamic>[^']+)'\s*\)/gm;

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

const onlyTypes = (names: string): boolean => {
  const braced = /^\{(.*)\}$/s.exec(names.trim());
  const parts = braced?.[1]?.split(',').map((part) => part.trim()) ?? [''];
  return parts.filter((part) => part !== '').every((part) => part.startsWith('type ')) && parts.join('') !== '';
};

export const importsOf = (text: string): readonly SourceImport[] =>
  [...withoutComments(text).matchAll(importPattern)].map(({ groups = {} }) => ({
    specifier: groups.from ?? groups.bare ?? groups.dynamic ?? '',
    typeOnly: groups.type !== undefined || (groups.names !== undefined && onlyTypes(groups.names)),
  }));

/** Every TypeScript file below a folder of the repository. */
export const readSources = (folder: string): readonly SourceFile[] =>
  readdirSync(path.join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|tsx|mts|cts)$/.test(entry.name))
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      return { path: path.relative(repository, file).split(path.sep).join('/'), text, imports: importsOf(text) };
    });

/** The package that a specifier names: `@scope/name` or `name`; null for what is ours or Node's. */
export const packageOf = (specifier: string): string | null => {
  if (/^(?:\.|#|node:)/.test(specifier)) return null;
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
};
