import { resolve } from 'node:path';
import { type CommanderError, Command as Program } from 'commander';
import type { MessageKey, Say } from '#main/cli/messages.ts';
import type { Command } from '#main/cli/run.ts';
import { usageError } from '#main/cli/usage.ts';
import type { BitacoraError } from '#shared/contract/errors.ts';

/** Options that every command has. */
interface CommonWords {
  readonly data?: string;
  readonly json?: boolean;
  readonly lang?: string;
}

/** Runs the command that was asked for; its code is loaded only now. */
export type Start = <Options>(
  common: CommonWords,
  load: () => Promise<Command<Options>>,
  options: Options,
) => Promise<void>;

/** What the library says in English, as a sentence of ours; null when it only showed help or the version. */
export const usageErrorOf = (error: CommanderError, say: Say): BitacoraError | null => {
  if (error.exitCode === 0) return null;
  const what = /'([^']*)'/.exec(error.message)?.[1]?.split(' ')[0] ?? '';
  const sentences: Readonly<Record<string, MessageKey>> = {
    'commander.unknownOption': 'unknownOption',
    'commander.unknownCommand': 'unknownCommand',
    'commander.missingArgument': 'missingArgument',
    'commander.missingMandatoryOptionValue': 'missingOption',
    'commander.optionMissingArgument': 'missingOptionValue',
    'commander.excessArguments': 'excessArguments',
  };
  const key = sentences[error.code];
  return usageError(key === undefined ? error.message : say(key, { what }));
};

const namesAbove = (command: Program): string =>
  command.parent === null ? '' : `${namesAbove(command.parent)}${command.parent.name()} `;

/** The commands and their options. It throws the library's `CommanderError` instead of ending the process. */
export const createProgram = (say: Say, version: string, program: string, start: Start): Program => {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': say('usageTitle'),
    'Arguments:': say('argumentsTitle'),
    'Options:': say('optionsTitle'),
    'Commands:': say('commandsTitle'),
  };
  const translate = (usage: string): string =>
    usage.replace('[options]', `[${say('optionsWord')}]`).replace('[command]', `[${say('commandWord')}]`);
  const own = (command: Program): Program =>
    command
      .exitOverride()
      .helpOption('-h, --help', say('optionHelp'))
      .helpCommand(false)
      .configureHelp({
        commandUsage: (shown) => translate(`${namesAbove(shown)}${shown.name()} ${shown.usage()}`),
        subcommandTerm: (shown) => translate(`${shown.name()} ${shown.usage()}`),
        styleTitle: (title) => titles[title] ?? title,
        optionDescription: (option) =>
          option.defaultValue === undefined || typeof option.defaultValue === 'boolean'
            ? option.description
            : `${option.description} (${say('defaultWord')}: ${option.defaultValue})`,
      })
      .configureOutput({ writeErr: () => undefined });
  const common = (command: Program): Program =>
    own(command)
      .option('--data <DIR>', say('optionData'))
      .option('--json', say('optionJson'))
      .option('--lang <LANG>', say('optionLang'));
  const add = (to: Program, words: string, summary: MessageKey): Program =>
    common(to.command(words).description(say(summary)));

  const root = own(new Program('bitacora').description(say('program'))).version(
    version,
    '-V, --version',
    say('optionVersion'),
  );

  add(root, 'serve', 'serveSummary')
    .option('--port <N>', say('servePort'), '0')
    .option('--demo', say('serveDemo'))
    .option('--follow-in <DIR...>', say('serveFollowIn'))
    .action((words: CommonWords & { port: string; demo?: boolean; followIn?: string[] }) =>
      start(words, async () => (await import('#main/cli/commands/serve.ts')).serveCommand, { ...words, program }),
    );

  add(root, 'import', 'importSummary')
    .argument('<files...>', say('importFiles'))
    .option('--map <MAP.json>', say('importMap'))
    .option('--users <USERS.json>', say('importUsers'))
    .option('--source <NAME>', say('importSource'))
    .option('--format <FORMAT>', say('importFormat'))
    .option('--encoding <ENCODING>', say('importEncoding'))
    .option('--delimiter <DELIMITER>', say('importDelimiter'))
    .option('--date-order <ORDER>', say('importDateOrder'))
    .option('--zone <ZONE>', say('importZone'), 'UTC')
    .action((files: string[], words: CommonWords) =>
      start(words, async () => (await import('#main/cli/commands/import.ts')).importCommand, { ...words, files }),
    );

  add(root, 'query', 'querySummary')
    .argument('[query...]', say('queryText'))
    .option('--sort <COLUMN>', say('querySort'), '-occurredAt')
    .option('--limit <N>', say('queryLimit'))
    .option('--after <NEXT>', say('queryAfter'))
    .option('--count', say('queryCount'))
    .option('--format <FORMAT>', say('queryFormat'), 'table')
    .option('--zone <ZONE>', say('queryZone'))
    .option('--ignore-accents', say('queryAccents'))
    .action((query: string[], words: CommonWords & { sort: string; format: string }) =>
      start(words, async () => (await import('#main/cli/commands/query.ts')).queryCommand, {
        ...words,
        query: query.join(' '),
      }),
    );

  add(root, 'export', 'exportSummary')
    .argument('[query...]', say('queryText'))
    .requiredOption('--to <FILE>', say('exportTo'))
    .option('--sort <COLUMN>', say('querySort'), '-occurredAt')
    .option('--columns <NAMES>', say('exportColumns'))
    .option('--zone <ZONE>', say('exportZone'))
    .option('--ignore-accents', say('queryAccents'))
    .option('--delimiter <DELIMITER>', say('exportDelimiter'), 'comma')
    .option('--no-bom', say('exportNoBom'))
    .option('--no-guard', say('exportNoGuard'))
    .option('--paper <PAPER>', say('exportPaper'), 'a4')
    .option('--orientation <ORIENTATION>', say('exportOrientation'), 'landscape')
    .option('--layout <LAYOUT>', say('exportLayout'), 'table')
    .action(
      (
        query: string[],
        words: CommonWords & {
          to: string;
          sort: string;
          delimiter: string;
          bom: boolean;
          guard: boolean;
          paper: string;
          orientation: string;
          layout: string;
        },
      ) =>
        start(words, async () => (await import('#main/cli/commands/export.ts')).exportCommand, {
          ...words,
          query: query.join(' '),
        }),
    );

  const account = own(root.command('account').description(say('accountSummary')));
  add(account, 'create', 'accountCreateSummary')
    .argument('<login>', say('accountLogin'))
    .requiredOption('--role <ROLE>', say('accountRole'))
    .option('--name <NAME>', say('accountName'))
    .action((login: string, words: CommonWords & { role: string }) =>
      start(words, async () => (await import('#main/cli/commands/account.ts')).createAccountCommand, {
        ...words,
        login,
      }),
    );
  add(account, 'list', 'accountListSummary').action((words: CommonWords) =>
    start(words, async () => (await import('#main/cli/commands/account.ts')).listAccountsCommand, words),
  );

  const token = own(root.command('token').description(say('tokenSummary')));
  add(token, 'create', 'tokenCreateSummary')
    .requiredOption('--scope <SCOPE>', say('tokenScope'))
    .option('--name <NAME>', say('tokenName'))
    .action((words: CommonWords & { scope: string }) =>
      start(words, async () => (await import('#main/cli/commands/token.ts')).createTokenCommand, words),
    );
  add(token, 'list', 'tokenListSummary').action((words: CommonWords) =>
    start(words, async () => (await import('#main/cli/commands/token.ts')).listTokensCommand, words),
  );
  add(token, 'revoke', 'tokenRevokeSummary')
    .argument('<id>', say('tokenId'))
    .action((id: string, words: CommonWords) =>
      start(words, async () => (await import('#main/cli/commands/token.ts')).revokeTokenCommand, { ...words, id }),
    );

  const follow = own(root.command('follow').description(say('followSummary')));
  add(follow, 'add', 'followAddSummary')
    .argument('<file>', say('followFile'))
    .option('--source <NAME>', say('importSource'))
    .option('--from <START>', say('followFrom'), 'beginning')
    .option('--zone <ZONE>', say('importZone'), 'UTC')
    .action((file: string, words: CommonWords & { from: string; zone: string }) =>
      start(words, async () => (await import('#main/cli/commands/follow.ts')).addFollowCommand, { ...words, file }),
    );
  add(follow, 'list', 'followListSummary').action((words: CommonWords) =>
    start(words, async () => (await import('#main/cli/commands/follow.ts')).listFollowsCommand, words),
  );
  add(follow, 'remove', 'followRemoveSummary')
    .argument('<file>', say('followFile'))
    .action((file: string, words: CommonWords) =>
      start(words, async () => (await import('#main/cli/commands/follow.ts')).removeFollowCommand, { ...words, file }),
    );

  add(root, 'demo', 'demoSummary')
    .requiredOption('--rows <N>', say('demoRows'))
    .option('--seed <S>', say('demoSeed'), '1')
    .action((words: CommonWords & { rows: string; seed: string }) =>
      start(words, async () => (await import('#main/cli/commands/demo.ts')).demoCommand, words),
    );

  add(root, 'reindex', 'reindexSummary').action((words: CommonWords) =>
    start(words, async () => (await import('#main/cli/commands/reindex.ts')).reindexCommand, words),
  );

  // What `serve` starts in its child process; nobody types it.
  common(root.command('serve-engine', { hidden: true }))
    .requiredOption('--port <N>')
    .option('--demo')
    .option('--follow-in <DIR...>')
    .action((words: CommonWords & { port: string; demo?: boolean; followIn?: string[] }) =>
      start(words, async () => (await import('#main/cli/commands/serve-engine.ts')).serveEngineCommand, words),
    );
  return root;
};

/** A relative `--data` means the folder where the command was typed. */
export const dataFolderOf = (data: string | undefined, otherwise: () => string): string =>
  data === undefined ? otherwise() : resolve(data);
