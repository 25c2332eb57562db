import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { exitCodes } from '#main/cli/exit-code.ts';
import { chooseLanguage } from '#main/cli/language.ts';
import { sayIn } from '#main/cli/messages.ts';
import { readVersion } from '#main/cli/places.ts';
import { createProgram, dataFolderOf, type Start, usageErrorOf } from '#main/cli/program.ts';
import { queryWordsLast } from '#main/cli/query-words.ts';
import { reportFailure } from '#main/cli/report-failure.ts';
import { createTerminal } from '#main/cli/terminal.ts';
import { readChoice } from '#main/cli/usage.ts';
import { defaultDataFolder } from '#main/engine/config.ts';

/** Entry of the command line. The window is opened elsewhere: `resources/bin/bitacora.cjs` sees that nothing was asked. */
const words = process.argv.slice(2);
const language = chooseLanguage(words, process.env);
const terminal = createTerminal(language);
const say = sayIn(language);
const version = readVersion();

// `bitacora query … | head`: a reader that has seen enough is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodes.done);
});

/** The first signal ends what runs, cleanly; the second one ends the process. */
const endBySignal = (): AbortSignal => {
  const controller = new AbortController();
  // Each of many pages of an answer listens to it.
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => controller.abort());
  return controller.signal;
};

const start: Start = async (common, load, options) => {
  if (common.lang !== undefined) readChoice(say, '--lang', common.lang, ['es', 'en']);
  const command = await load();
  process.exitCode = await command(
    {
      terminal,
      say,
      version,
      dataFolder: dataFolderOf(common.data, defaultDataFolder),
      json: common.json === true,
      signal: endBySignal(),
    },
    options,
  );
};

/** Null when the library only showed what it was asked to show. */
const failureOf = (error: unknown): unknown => (error instanceof CommanderError ? usageErrorOf(error, say) : error);

const program = createProgram(say, version, fileURLToPath(import.meta.url), start);
if (words.length === 0) {
  process.stderr.write(program.helpInformation());
  process.exitCode = exitCodes.wrongUse;
} else {
  try {
    await program.parseAsync(queryWordsLast(words), { from: 'user' });
  } catch (error) {
    const failure = failureOf(error);
    process.exitCode = failure === null ? exitCodes.done : reportFailure(failure, terminal, say);
  }
}
