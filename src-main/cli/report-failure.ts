import { exitCodeOf, exitCodes } from '#main/cli/exit-code.ts';
import type { Say } from '#main/cli/messages.ts';
import type { Terminal } from '#main/cli/terminal.ts';
import { BitacoraError, errorSentence, isCancelled } from '#shared/contract/errors.ts';

/** Says in one sentence why a command failed, and gives back its exit code. A bug is shown with its stack. */
export const reportFailure = (error: unknown, terminal: Terminal, say: Say): number => {
  terminal.clearProgress();
  if (isCancelled(error)) {
    terminal.note(say('cancelled'));
    return exitCodes.failed;
  }
  if (error instanceof BitacoraError) {
    terminal.note(errorSentence(error.code, error.details, terminal.language));
    return exitCodeOf(error);
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.note(say('unexpected', { message }));
  return exitCodes.failed;
};
