import type { WholeEntry } from '#main/store/whole-entry.ts';
import type { Logger, LogRule } from '#shared/contract/log-files.ts';
import { foldAccents } from '#shared/text/fold.ts';

type Test = (texts: readonly (string | null)[]) => boolean;

/** Names come again and again; what came of one is kept. */
const rememberedTexts = 10_000;

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** True when one of the texts fits one of the patterns; no pattern takes everything. */
const patternTest = (patterns: readonly string[]): Test => {
  if (patterns.length === 0) return () => true;
  const sources = patterns.map((pattern) => foldAccents(pattern).split('*').map(literal).join('[\\s\\S]*'));
  const wanted = new RegExp(`^(?:${sources.join('|')})$`, 'u');
  const known = new Map<string, boolean>();
  return (texts) =>
    texts.some((text) => {
      if (text === null) return false;
      let fits = known.get(text);
      if (fits === undefined) {
        fits = wanted.test(foldAccents(text));
        if (known.size >= rememberedTexts) known.clear();
        known.set(text, fits);
      }
      return fits;
    });
};

const ruleTest = (rule: LogRule): ((entry: WholeEntry) => boolean) => {
  const event = patternTest(rule.events);
  const module = patternTest(rule.modules);
  const target = patternTest(rule.targets);
  const source = patternTest(rule.sources);
  const action = patternTest(rule.actions);
  return (entry) =>
    event([entry.event]) &&
    module([entry.module?.name ?? null, entry.module?.number?.toString() ?? null]) &&
    target([entry.target]) &&
    source([entry.source]) &&
    action([entry.action]);
};

/** Which loggers take an entry: for each file at most one, the first in the list. */
export const createLogRouter = (
  loggers: readonly Logger[],
): ((entry: WholeEntry) => readonly { readonly file: string; readonly logger: string }[]) => {
  const tests = loggers.map(({ name, file, rules }) => ({ name, file, tests: rules.map(ruleTest) }));
  return (entry) => {
    const taken: { file: string; logger: string }[] = [];
    for (const { name, file, tests: fits } of tests) {
      if (taken.some((other) => other.file === file) || !fits.some((test) => test(entry))) continue;
      taken.push({ file, logger: name });
    }
    return taken;
  };
};
