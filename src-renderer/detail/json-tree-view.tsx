import { type ReactNode, useState } from 'react';
import type { JsonNode } from '#renderer/detail/json-tree.ts';
import { LongText } from '#renderer/detail/value-block.tsx';
import { useI18n } from '#renderer/i18n/use-i18n.tsx';
import type { Highlight } from '#renderer/log/highlight.ts';
import { FoldSign } from '#renderer/log/signs.tsx';
import { ValueText } from '#renderer/log/value-text.tsx';
import classes from './detail.module.css';

/** Children drawn at first at each level. */
const firstChildren = 100;
/** Levels open at first, and how many children a node may have to be open. */
const openLevels = 2;
const openChildren = 12;

const childrenOf = (node: JsonNode): readonly (readonly [string, JsonNode])[] => {
  if (node.kind === 'object') return node.entries;
  return node.kind === 'array' ? node.items.map((item, index) => [String(index), item] as const) : [];
};

const Leaf = ({ node, highlight }: { node: JsonNode; highlight: Highlight }): ReactNode => {
  if (node.kind === 'string') {
    return (
      <span className={classes.jsonString}>
        "<LongText text={node.value} highlight={highlight} />"
      </span>
    );
  }
  return node.kind === 'literal' ? <span className={classes.jsonLiteral}>{node.text}</span> : null;
};

const Branch = ({
  name,
  node,
  highlight,
  level,
}: {
  name: string | null;
  node: JsonNode;
  highlight: Highlight;
  level: number;
}): ReactNode => {
  const { t } = useI18n();
  const children = childrenOf(node);
  const [open, setOpen] = useState(level < openLevels && (level === 0 || children.length <= openChildren));
  const [limit, setLimit] = useState(firstChildren);
  const label = name === null ? null : <ValueText text={name} hits={highlight(name)} />;
  if (node.kind === 'string' || node.kind === 'literal') {
    return (
      <li className={classes.jsonLeaf}>
        {label}
        {name !== null && ': '}
        <Leaf node={node} highlight={highlight} />
      </li>
    );
  }
  const size = node.kind === 'array' ? `[${children.length}]` : `{${children.length}}`;
  return (
    <li>
      <button type="button" className={classes.jsonFold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <FoldSign open={open} /> {label} <small>{size}</small>
      </button>
      {open && (
        <ul>
          {children.slice(0, limit).map(([key, child], index) => (
            // A key can be repeated; the place cannot.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            <Branch key={index} name={key} node={child} highlight={highlight} level={level + 1} />
          ))}
          {children.length > limit && (
            <li>
              <button type="button" className={classes.link} onClick={() => setLimit(limit * 10)}>
                {t('log.entry.more-items', { rest: children.length - limit })}
              </button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
};

/** A JSON value that can be folded. */
export const JsonTreeView = ({ node, highlight }: { node: JsonNode; highlight: Highlight }): ReactNode => (
  <ul className={classes.json}>
    <Branch name={null} node={node} highlight={highlight} level={0} />
  </ul>
);
