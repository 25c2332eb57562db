import { type JsonNode, nodeSource } from './json-tree.ts';

/** One difference between two JSON values. */
export interface FieldChange {
  /** Where, as the trail itself writes it: `terms.3.party`; empty for the whole value. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: JsonNode | null;
  readonly after: JsonNode | null;
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** The children by key; the second and later of a repeated key get `#2`, `#3` … so that none is lost. */
const childrenOf = (node: JsonNode): Map<string, JsonNode> | null => {
  if (node.kind === 'array') return new Map(node.items.map((item, index) => [String(index), item]));
  if (node.kind !== 'object') return null;
  const children = new Map<string, JsonNode>();
  for (const [key, value] of node.entries) {
    let name = key;
    for (let repeat = 2; children.has(name); repeat += 1) name = `${key}#${repeat}`;
    children.set(name, value);
  }
  return children;
};

const compare = (before: JsonNode, after: JsonNode, path: string, changes: FieldChange[]): void => {
  const old = before.kind === after.kind ? childrenOf(before) : null;
  const fresh = childrenOf(after);
  if (old === null || fresh === null) {
    if (nodeSource(before) !== nodeSource(after)) changes.push({ path, kind: 'changed', before, after });
    return;
  }
  for (const [key, value] of old) {
    const now = fresh.get(key);
    if (now === undefined) changes.push({ path: join(path, key), kind: 'removed', before: value, after: null });
    else compare(value, now, join(path, key), changes);
  }
  for (const [key, value] of fresh) {
    if (!old.has(key)) changes.push({ path: join(path, key), kind: 'added', before: null, after: value });
  }
};

/**
 * Compares two JSON values field by field: keys by name, array items by position (as the trail names them). The order of
 * an object’s keys makes no difference; how a number is written does.
 */
export const diffByField = (before: JsonNode, after: JsonNode): readonly FieldChange[] => {
  const changes: FieldChange[] = [];
  compare(before, after, '', changes);
  return changes;
};
