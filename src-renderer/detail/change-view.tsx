import { type ReactNode, useMemo } from 'react';
import { CopyButton } from '#renderer/detail/copy-button.tsx';
import { FieldDiffView } from '#renderer/detail/field-diff-view.tsx';
import { diffByField } from '#renderer/detail/json-diff.ts';
import { type JsonNode, readJsonTree } from '#renderer/detail/json-tree.ts';
import { type DiffMode, type DiffRun, diffModes, diffTexts, maxDiffCharacters } from '#renderer/detail/text-diff.ts';
import { LongText, ValueBlock } from '#renderer/detail/value-block.tsx';
import type { PlainKey } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import { useAnswer } from '#renderer/log/use-answer.ts';
import { usePreference } from '#renderer/settings/preferences.tsx';
import classes from './detail.module.css';

const modeLabels: { readonly [M in DiffMode | 'field']: PlainKey } = {
  field: 'log.diff.field',
  line: 'log.diff.line',
  word: 'log.diff.word',
  character: 'log.diff.character',
};
type Mode = DiffMode | 'field';
const isMode = (value: unknown): value is Mode =>
  value === 'field' || (diffModes as readonly unknown[]).includes(value);

/** Which ways of comparing make sense for two values, and which one is used when the chosen one does not. */
const modesFor = (trees: readonly (JsonNode | null)[]): readonly Mode[] =>
  trees.every((tree) => tree !== null) ? ['field', ...diffModes] : diffModes;

const Side = ({
  side,
  value,
  runs,
  highlight,
  tree,
}: {
  side: 'old' | 'new';
  value: string | null;
  runs: readonly DiffRun[] | null;
  highlight: Highlight;
  tree: JsonNode | null;
}): ReactNode => {
  const { t } = useI18n();
  const label = t(side === 'old' ? 'log.entry.old' : 'log.entry.new');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is a part of a form; this is one of two values
    <div role="group" className={side === 'old' ? classes.old : classes.new} aria-label={label}>
      <span aria-hidden="true" className={classes.sign}>
        {side === 'old' ? '−' : '+'}
      </span>
      <div className={classes.value}>
        {runs === null || runs.length === 0 ? (
          <ValueBlock value={value} highlight={highlight} tree={tree} />
        ) : (
          runs.map((run, index) => {
            const Tag = run.changed ? 'b' : 'span';
            return (
              // Runs have no identity but their place.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <Tag key={index}>
                <LongText text={run.text} highlight={highlight} />
              </Tag>
            );
          })
        )}
      </div>
      {value !== null && value !== '' && (
        <CopyButton text={value} label={t(side === 'old' ? 'log.entry.copy-old' : 'log.entry.copy-new')} />
      )}
    </div>
  );
};

/** Old and new value, compared by field, line, word or character. Give it a key that changes with the values. */
export const ChangeView = ({
  oldValue,
  newValue,
  highlight,
}: {
  oldValue: string | null;
  newValue: string | null;
  highlight: Highlight;
}): ReactNode => {
  const { t } = useI18n();
  const [chosen, choose] = usePreference<Mode>('log.diff', 'character', isMode);
  const [jsonMode, chooseJsonMode] = usePreference<Mode>('log.diff.json', 'field', isMode);
  const before = useMemo(() => (oldValue === null ? null : readJsonTree(oldValue)), [oldValue]);
  const after = useMemo(() => (newValue === null ? null : readJsonTree(newValue)), [newValue]);
  const both = oldValue !== null && newValue !== null && oldValue !== '' && newValue !== '';
  const modes = modesFor([before, after]);
  const json = modes.length > diffModes.length;
  const wanted = json ? jsonMode : chosen;
  const mode = modes.includes(wanted) ? wanted : 'character';
  const asText = both && mode !== 'field';
  const changes = useMemo(
    () => (mode === 'field' && before !== null && after !== null ? diffByField(before, after) : null),
    [mode, before, after],
  );

  // The values never change while this is mounted (it is keyed by its entry), so the mode says it all.
  const key = asText ? mode : null;
  const answer = useAnswer(key, async (signal) => {
    if (mode === 'field' || oldValue === null || newValue === null) return { key, diff: null };
    return { key, diff: await diffTexts(oldValue, newValue, mode, signal) };
  });
  const done = answer.value?.key === key ? answer.value : null;
  const diff = asText ? (done?.diff ?? null) : null;
  const tooLong = asText && done !== null && done.diff === null;

  return (
    <section aria-labelledby="entry-change">
      <h3 className={classes.title}>
        <span id="entry-change">{t('log.entry.change')}</span>
        {both && (
          <span className={classes.modes}>
            {modes.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={one === mode}
                onClick={() => (json ? chooseJsonMode(one) : choose(one))}
              >
                {t(modeLabels[one])}
              </button>
            ))}
          </span>
        )}
      </h3>
      {changes !== null ? (
        <FieldDiffView changes={changes} highlight={highlight} />
      ) : (
        <div className={classes.diff}>
          <Side
            side="old"
            value={oldValue}
            runs={diff?.before ?? null}
            highlight={highlight}
            tree={asText ? null : before}
          />
          <Side
            side="new"
            value={newValue}
            runs={diff?.after ?? null}
            highlight={highlight}
            tree={asText ? null : after}
          />
        </div>
      )}
      {tooLong && <p className={classes.note}>{t('log.diff.too-long', { limit: maxDiffCharacters })}</p>}
      {diff !== null && diff.mode !== mode && (
        <p className={classes.note}>{t('log.diff.coarser', { mode: t(modeLabels[diff.mode]) })}</p>
      )}
    </section>
  );
};
