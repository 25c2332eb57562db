import { type ReactNode, useMemo, useState } from 'react';
import { type JsonNode, readJsonTree } from '#renderer/detail/json-tree.ts';
import { JsonTreeView } from '#renderer/detail/json-tree-view.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import { NullSign } from '#renderer/log/signs.tsx';
import { ValueText } from '#renderer/log/value-text.tsx';
import classes from './detail.module.css';

/** Characters drawn at first; more come when they are asked for. */
const firstCharacters = 4000;
const moreCharacters = 40_000;

/** Text of any length: what is not drawn is said, and can be had. */
export const LongText = ({ text, highlight }: { text: string; highlight: Highlight }): ReactNode => {
  const { t } = useI18n();
  const [limit, setLimit] = useState(firstCharacters);
  // A cut in the middle of a surrogate pair would show half a character that is not in the text.
  const cut = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '') ? limit + 1 : limit;
  const shown = text.slice(0, cut);
  const rest = text.length - shown.length;
  return (
    <>
      <ValueText text={shown} hits={highlight(shown)} breaks="keep" />
      {rest > 0 && (
        <button type="button" className={classes.link} onClick={() => setLimit(limit + moreCharacters)}>
          {t('log.entry.more-text', { rest })}
        </button>
      )}
    </>
  );
};

/** One value of an entry: null as ∅, nothing as «empty», JSON as a tree, anything else as its text. */
export const ValueBlock = ({
  value,
  highlight,
  tree,
}: {
  value: string | null;
  highlight: Highlight;
  /** The value as JSON when it has been read already. */
  tree?: JsonNode | null;
}): ReactNode => {
  const { t } = useI18n();
  const read = useMemo(() => (tree !== undefined ? tree : value === null ? null : readJsonTree(value)), [value, tree]);
  if (value === null) return <NullSign label={t('log.value.null')} />;
  if (value === '') return <i className={classes.mute}>{t('log.value.empty')}</i>;
  return read === null ? (
    <LongText text={value} highlight={highlight} />
  ) : (
    <JsonTreeView node={read} highlight={highlight} />
  );
};
