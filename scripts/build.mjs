/**
 * Builds what is missing or older than its sources:
 *   renderer  src-renderer → dist/renderer   (Vite)
 *   main      src-main     → dist/main       (rolldown, ES modules for Node ≥ 22; npm dependencies stay outside)
 *   client    src-client   → dist/client     (rolldown, ES modules that need nothing but Node, and their types)
 *   electron  the shell    → dist/electron   (rolldown, CommonJS for Node 18 and Chromium 114, nothing newer)
 *   fonts     npm's slices → dist/fonts      (TrueType, for the documents that leave as PDF)
 *
 *   node scripts/build.mjs [--force] [renderer|main|client|electron|fonts …]
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);

const isPackage = (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith('#') && !/^[A-Za-z]:/.test(id);

/**
 * The entry file of every worker thread goes beside the bundles under its own name, which `threadFile()` relies on:
 * src-main/store/sqlite/reader.thread.ts → dist/main/reader.thread.js.
 */
const threadEntries = () => {
  const entries = {};
  for (const file of globSync('src-main/**/*.thread.ts', { cwd: root })) {
    const name = basename(file, '.ts');
    if (entries[name]) throw new Error(`two worker threads are called ${name}: ${entries[name]} and ${file}`);
    entries[name] = at(file);
  }
  return entries;
};

const bundle = async (options, output) => {
  const { rolldown } = await import('rolldown');
  const built = await rolldown({ cwd: root, platform: 'node', ...options });
  try {
    await built.write({ sourcemap: true, ...output });
  } finally {
    await built.close();
  }
};

/** The client's declarations: those that its index leads to, as the compiler writes them. */
const writeTypes = (dir) => {
  const compiled = spawnSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-b', at('src-client')], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) throw new Error(`the client's types can't be written:\n${compiled.stdout}`);
  const waiting = ['index.d.ts'];
  for (const name of waiting) {
    const text = readFileSync(at('.cache/types/src-client/src-client', name), 'utf8');
    const named = text.replaceAll(/(from ')([^']+)(')/g, (_all, before, specifier, after) => {
      if (!specifier.startsWith('.')) {
        if (specifier.startsWith('#')) throw new Error(`${name} says ${specifier}, which other programs can't find`);
        return before + specifier + after;
      }
      const next = posix.join(posix.dirname(name), specifier.replace(/\.ts$/, '.d.ts'));
      if (!waiting.includes(next)) waiting.push(next);
      return before + specifier.replace(/\.ts$/, '.js') + after;
    });
    const file = join(dir, 'types', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, named.replace(/\n\/\/# sourceMappingURL=.*/, ''));
  }
};

const parts = {
  renderer: {
    sources: ['src-renderer', 'src-shared'],
    proof: 'index.html',
    build: async (outDir) => {
      const { build } = await import('vite');
      await build({
        configFile: at('src-renderer/vite.config.ts'),
        root: at('src-renderer'),
        logLevel: 'warn',
        build: { outDir, emptyOutDir: true },
      });
    },
  },
  main: {
    sources: ['src-main', 'src-shared', 'resources'],
    proof: 'engine.js',
    build: (dir) =>
      bundle(
        {
          input: {
            engine: at('src-main/electron/engine-main.ts'),
            cli: at('src-main/cli/main.ts'),
            ...threadEntries(),
          },
          // These two are hundreds of small modules; loading them one by one is what a start would mostly do.
          external: (id) => isPackage(id) && !/^(?:zod|kysely)(?:\/|$)/.test(id),
          transform: { target: 'node22' },
        },
        // Chunks stay in the one folder: what a file finds beside import.meta.url doesn't depend on how it was split.
        { dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      ),
  },
  client: {
    sources: ['src-client', 'src-shared'],
    proof: 'index.js',
    build: async (dir) => {
      await bundle(
        {
          input: { index: at('src-client/index.ts'), 'client.thread': at('src-client/client.thread.ts') },
          external: [/^node:/],
          transform: { target: 'node20' },
        },
        { dir, format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      );
      writeTypes(dir);
    },
  },
  electron: {
    sources: ['src-main/electron', 'src-main/engine', 'src-shared'],
    proof: 'main.cjs',
    build: async (dir) => {
      for (const name of ['main', 'preload']) {
        await bundle(
          {
            input: { [name]: at(`src-main/electron/${name}.ts`) },
            external: ['electron', /^node:/],
            transform: { target: ['node18', 'chrome114'] },
          },
          { dir, format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        );
      }
    },
  },
  fonts: {
    sources: ['scripts/fonts.mjs'],
    proof: 'sans.ttf',
    build: async (dir) => {
      const { buildFonts } = await import('./fonts.mjs');
      await buildFonts(dir);
    },
  },
};

const newest = (path) => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  // A folder's own time counts: it changes when a file in it is removed.
  return readdirSync(path).reduce((most, name) => Math.max(most, newest(join(path, name))), stat.mtimeMs);
};

const stampOf = (name) => at('dist', `.${name}-built`);

const isFresh = (name) => {
  const { sources, proof } = parts[name];
  const stamp = statSync(stampOf(name), { throwIfNoEntry: false });
  if (!stamp || !existsSync(at('dist', name, proof))) return false;
  return [...sources, 'package-lock.json', 'scripts/build.mjs'].every((source) => newest(at(source)) < stamp.mtimeMs);
};

/** Builds the named parts that are not fresh, and gives back the names of those it built. */
export const build = async ({ names = Object.keys(parts), force = false, say = console.error } = {}) => {
  const stale = names.filter((name) => force || !isFresh(name));
  for (const name of stale) {
    const began = Date.now();
    const making = at('dist', `.${name}-${process.pid}`);
    mkdirSync(making, { recursive: true });
    try {
      await parts[name].build(making);
      // Put in place as a whole, so that a program that starts meanwhile never sees half of it.
      rmSync(at('dist', name), { recursive: true, force: true });
      renameSync(making, at('dist', name));
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
    writeFileSync(stampOf(name), '');
    // The time at which the sources were read: what changed while it was being built is newer.
    utimesSync(stampOf(name), began / 1000, began / 1000);
    say(`built ${name} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
  return stale;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const names = words.filter((word) => word !== '--force');
  const unknown = names.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    console.error(`unknown part: ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
    process.exit(2);
  }
  await build({ force: words.includes('--force'), ...(names.length > 0 ? { names } : {}) });
}
