import { type ReactNode, useState } from 'react';
import type { FieldChange } from '#renderer/detail/json-diff.ts';
import type { JsonNode } from '#renderer/detail/json-tree.ts';
import { JsonTreeView } from '#renderer/detail/json-tree-view.tsx';
import { LongText } from '#renderer/detail/value-block.tsx';
import type { PlainKey } from '#renderer/i18n/translate.ts';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import { ValueText } from '#renderer/log/value-text.tsx';
import classes from './detail.module.css';

const firstChanges = 100;

const kindLabels: { readonly [K in FieldChange['kind']]: PlainKey } = {
  added: 'log.diff.added',
  removed: 'log.diff.removed',
  changed: 'log.diff.changed',
};

const Part = ({ node, highlight }: { node: JsonNode; highlight: Highlight }): ReactNode => {
  switch (node.kind) {
    case 'string':
      return <LongText text={JSON.stringify(node.value)} highlight={highlight} />;
    case 'literal':
      return node.text;
    case 'object':
    case 'array':
      return <JsonTreeView node={node} highlight={highlight} />;
    default:
      return node satisfies never;
  }
};

/** What is different between two JSON values, one path after the other. */
export const FieldDiffView = ({
  changes,
  highlight,
}: {
  changes: readonly FieldChange[];
  highlight: Highlight;
}): ReactNode => {
  const { t } = useI18n();
  const [limit, setLimit] = useState(firstChanges);
  if (changes.length === 0) return <p className={classes.note}>{t('log.diff.same')}</p>;
  return (
    <>
      <ul className={classes.fields}>
        {changes.slice(0, limit).map(({ path, kind, before, after }) => (
          <li key={`${kind} ${path}`}>
            <div className={classes.path}>
              <ValueText text={path === '' ? t('log.diff.whole') : path} hits={highlight(path)} />
              <small>{t(kindLabels[kind])}</small>
            </div>
            <div className={classes.diff}>
              {before !== null && (
                <div className={classes.old}>
                  <span aria-hidden="true" className={classes.sign}>
                    −
                  </span>
                  <div className={classes.value}>
                    <Part node={before} highlight={highlight} />
                  </div>
                </div>
              )}
              {after !== null && (
                <div className={classes.new}>
                  <span aria-hidden="true" className={classes.sign}>
                    +
                  </span>
                  <div className={classes.value}>
                    <Part node={after} highlight={highlight} />
                  </div>
                </div>
              )}
            </div>
          </li>
        ))}
      </ul>
      {changes.length > limit && (
        <button type="button" className={classes.link} onClick={() => setLimit(limit * 10)}>
          {t('log.entry.more-items', { rest: changes.length - limit })}
        </button>
      )}
    </>
  );
};
