import { describe, expect, test } from 'vitest';
import { importsOf, packageOf, readSources, type SourceFile } from './sources.ts';

/** Who may import whom among the rooms of src-main: docs/adr/0004-import-rules.md. `types`: only what vanishes at run time. */
const rooms: Readonly<Record<string, { readonly may: readonly string[]; readonly types: readonly string[] }>> = {
  store: { may: [], types: [] },
  demo: { may: ['store'], types: [] },
  query: { may: ['store'], types: [] },
  capture: { may: ['store', 'demo'], types: [] },
  access: { may: ['store'], types: ['engine'] },
  export: { may: ['store'], types: [] },
  procedures: { may: ['store', 'query', 'capture', 'access', 'export', 'demo'], types: ['engine'] },
  engine: { may: ['store', 'query', 'capture', 'access', 'export', 'demo', 'procedures'], types: [] },
  http: { may: [], types: ['engine'] },
  cli: { may: ['engine', 'http'], types: [] },
  electron: { may: ['engine', 'http'], types: [] },
};

/** Packages that one place owns: nobody else imports them. */
const owners: readonly { readonly packages: RegExp; readonly place: RegExp }[] = [
  { packages: /^electron$/, place: /^src-main\/electron\// },
  { packages: /^better-sqlite3$/, place: /^src-main\/store\/sqlite\/database\.ts$/ },
  { packages: /^kysely$/, place: /^src-(?:main\/store\/sqlite|client)\// },
  { packages: /^(?:fastify|@fastify\/.*)$/, place: /^src-main\/http\// },
  { packages: /^jspdf$/, place: /^src-main\/export\/pdf\/pdf-file\.ts$/ },
  { packages: /^commander$/, place: /^src-main\/cli\// },
  { packages: /^@node-rs\/argon2$/, place: /^src-main\/access\/passwords\.ts$/ },
  { packages: /^(?:csv-parse|iconv-lite)$/, place: /^src-main\/capture\// },
  { packages: /^rotating-file-stream$/, place: /^src-main\/capture\/log-files\/rotating-log\.ts$/ },
  { packages: /^(?:exceljs|yauzl)$/, place: /^src-main\/export\/xlsx\// },
  { packages: /^ag-grid-community$/, place: /^src-renderer\/grid\// },
  { packages: /^(?:react|react-dom|@mantine\/.*|@tabler\/.*|diff)$/, place: /^src-renderer\// },
  { packages: /^(?:vite|@vitejs\/.*)$/, place: /^src-renderer\/vite\.config\.ts$/ },
  { packages: /^unpdf$/, place: /^src-renderer\/print\/pdf-pages\.tsx$/ },
  { packages: /^zod$/, place: /^src-(?:shared|main|client|renderer)\// },
];

/** The only places that look at the environment. */
const mayReadEnvironment = /^src-main\/(?:engine\/config\.ts|electron\/.*|cli\/main\.ts)$/;

const roots = ['src-shared', 'src-main', 'src-client', 'src-renderer'];
const sources = roots.flatMap((root) => readSources(root));

const rootOf = (file: SourceFile): string => file.path.split('/')[0] ?? '';
const roomOf = (file: SourceFile): string => file.path.split('/')[1] ?? '';

/** `file → specifier` of every import for which `isWrong`. */
const wrongImports = (isWrong: (file: SourceFile, specifier: string, typeOnly: boolean) => boolean): string[] =>
  sources.flatMap((file) =>
    file.imports
      .filter(({ specifier, typeOnly }) => isWrong(file, specifier, typeOnly))
      .map(({ specifier }) => `${file.path} → ${specifier}`),
  );

describe('what is read', () => {
  test('every source folder has files, and they import', () => {
    for (const root of roots) {
      const files = sources.filter((file) => rootOf(file) === root);
      // The client is small on purpose.
      expect(files.length, root).toBeGreaterThan(root === 'src-client' ? 5 : 20);
      expect(files.flatMap((file) => file.imports).length, root).toBeGreaterThan(root === 'src-client' ? 10 : 20);
    }
  });

  test('every room of src-main has a rule, and every rule a room', () => {
    const found = new Set(sources.filter((file) => rootOf(file) === 'src-main').map(roomOf));
    expect([...found].sort()).toEqual(Object.keys(rooms).sort());
  });

  test('imports are found in all their forms', () => {
    const text = [
      "import { a, type B } from '#main/one.ts';",
      "import type { C } from './two.ts';",
      "import { type D, type E } from 'three';",
      "export { f } from 'four';",
      "import 'five/styles.css';",
      'import {\n  g,\n} from "x";',
      "import {\n  type H,\n  i,\n} from 'six';",
      "const j = await import('seven');",
      "// import { k } from 'eight';",
    ].join('\n');
    expect(importsOf(text).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' (types)' : ''}`)).toEqual([
      '#main/one.ts',
      './two.ts (types)',
      'three (types)',
      'four',
      'five/styles.css',
      'six',
      'seven',
    ]);
  });
});

describe('rooms', () => {
  test('a room of src-main imports only those below it', () => {
    const wrong = wrongImports((file, specifier, typeOnly) => {
      const to = /^#main\/([^/]+)\//.exec(specifier)?.[1];
      if (rootOf(file) !== 'src-main' || to === undefined || to === roomOf(file)) return false;
      const rule = rooms[roomOf(file)];
      return !(rule?.may.includes(to) || (typeOnly && rule?.types.includes(to)));
    });
    expect(wrong).toEqual([]);
  });

  test('src-shared imports only zod and itself', () => {
    expect(
      wrongImports((file, specifier) => rootOf(file) === 'src-shared' && !/^(?:#shared\/|\.\/|zod$)/.test(specifier)),
    ).toEqual([]);
  });

  test('what other programs import needs nothing but Node and what is shared', () => {
    expect(
      wrongImports(
        (file, specifier, typeOnly) =>
          rootOf(file) === 'src-client' &&
          !(/^(?:#shared\/|\.\/|node:)/.test(specifier) || (typeOnly && specifier === 'kysely')),
      ),
    ).toEqual([]);
  });

  test('the window imports nothing of the engine, and the engine nothing of the window', () => {
    expect(
      wrongImports(
        (file, specifier) =>
          (rootOf(file) === 'src-renderer' && /^(?:#main\/|node:)/.test(specifier)) ||
          (rootOf(file) === 'src-main' && specifier.startsWith('#renderer/')),
      ).filter((wrong) => !wrong.startsWith('src-renderer/vite.config.ts')),
    ).toEqual([]);
  });

  test('nothing climbs out of its room by a relative path, and nothing imports a test', () => {
    expect(wrongImports((_file, specifier) => /\.\.\/\.\.|(?:^|\/)test\//.test(specifier))).toEqual([]);
    const depthOf = (file: SourceFile): number => Math.max(0, file.path.split('/').length - 3);
    expect(
      wrongImports((file, specifier) => {
        const climbs = (specifier.match(/\.\.\//g) ?? []).length;
        return climbs > depthOf(file);
      }),
    ).toEqual([]);
  });
});

describe('packages', () => {
  test('each package is imported only where it is owned', () => {
    const wrong = wrongImports((file, specifier) => {
      const name = packageOf(specifier);
      if (name === null) return false;
      const owner = owners.find(({ packages }) => packages.test(name));
      return owner === undefined || !owner.place.test(file.path);
    });
    expect(wrong).toEqual([]);
  });
});

describe('style that imports show', () => {
  test('the environment is read in few places', () => {
    const readers = sources
      .filter((file) => /process\.env|\benv\s*\}\s*=\s*process\b/.test(file.text))
      .map((file) => file.path);
    expect(readers.filter((file) => !mayReadEnvironment.test(file))).toEqual([]);
    expect(readers).toContain('src-main/engine/config.ts');
  });

  test('there are no default exports', () => {
    const isConfig = /\.config\.ts$/;
    expect(
      sources
        .filter((file) => !isConfig.test(file.path) && /^export default\b/m.test(file.text))
        .map((file) => file.path),
    ).toEqual([]);
  });

  test('threads have names of their own, since the build lays them flat beside each other', () => {
    const names = sources.flatMap((file) => /([^/]+)\.thread\.ts$/.exec(file.path)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(2);
    expect(new Set(names).size).toBe(names.length);
  });
});
