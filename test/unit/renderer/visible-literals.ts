import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/** A node of the syntax tree (ESTree with JSX and TypeScript), as far as the search for texts needs it. */
interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));

const parse = (file: SourceFile): SyntaxNode =>
  parseAst(file.text, { lang: file.path.endsWith('.tsx') ? 'tsx' : 'ts' }) as unknown as SyntaxNode;

/** Sources below a folder, `.ts` and `.tsx`. */
export const readSources = (folder: string): readonly SourceFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry: Dirent) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));

/** Names of attributes and properties whose text a person sees or hears. */
const visibleNames = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-placeholder',
  'aria-roledescription',
  'aria-valuetext',
  'description',
  'detail',
  'error',
  'headerName',
  'label',
  'message',
  'nothingFoundMessage',
  'placeholder',
  'title',
  'tooltip',
]);

const hasLetters = (text: string): boolean => /\p{L}/u.test(text);

/** The string pieces that an expression can turn into, seen through conditions, `&&`, `+` and templates. */
const textPieces = (node: SyntaxNode): readonly { readonly text: string; readonly start: number }[] => {
  const through = (...keys: readonly string[]): readonly { text: string; start: number }[] =>
    keys.flatMap((key) => {
      const value = node[key];
      return (Array.isArray(value) ? value : [value]).filter(isNode).flatMap(textPieces);
    });
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [{ text: node.value, start: node.start }] : [];
    case 'TemplateElement':
      return [{ text: (node.value as { raw: string }).raw, start: node.start }];
    case 'TemplateLiteral': {
      // `log.column.${name}` stands for keys of the catalogues; its beginning tells which.
      const [first] = node.quasis as readonly { value: { cooked: string } }[];
      return /^[a-z-]+\.[\w.-]*$/.test(first?.value.cooked ?? '') ? [] : through('quasis');
    }
    case 'ConditionalExpression':
      return through('consequent', 'alternate');
    case 'LogicalExpression':
    case 'BinaryExpression':
      return node.operator === '===' || node.operator === '!==' ? [] : through('left', 'right');
    case 'JSXExpressionContainer':
    case 'ParenthesizedExpression':
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
    case 'TSNonNullExpression':
      return through('expression');
    default:
      return [];
  }
};

const nameOf = (node: unknown): string => {
  if (!isNode(node)) return '';
  if (node.type === 'JSXNamespacedName') return `${nameOf(node.namespace)}:${nameOf(node.name)}`;
  const name = node.name ?? node.value;
  return typeof name === 'string' ? name : '';
};

/** Elements that say `translate="no"`: the product's own name. */
const isUntranslated = (node: SyntaxNode): boolean => {
  const attributes = (node.openingElement as { attributes: readonly SyntaxNode[] }).attributes;
  return attributes.some(
    (attribute) =>
      nameOf(attribute.name) === 'translate' && (attribute.value as { value?: unknown } | null)?.value === 'no',
  );
};

/**
 * Texts written into a source where a person would see them, as `path:line text`. `isKey` tells keys of the catalogues,
 * which may stand in tables of labels.
 */
export const visibleLiterals = (file: SourceFile, isKey: (text: string) => boolean): readonly string[] => {
  const found: string[] = [];
  const report = (text: string, start: number): void => {
    if (!hasLetters(text.replace(/\\u[0-9a-f]{4}/gi, '')) || isKey(text)) return;
    found.push(`${file.path}:${file.text.slice(0, start).split('\n').length} ${text.trim()}`);
  };
  const reportPieces = (node: unknown): void => {
    if (isNode(node)) for (const piece of textPieces(node)) report(piece.text, piece.start);
  };
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'JSXElement' && isUntranslated(node)) return;
    if (node.type === 'JSXText') report(String(node.value), node.start);
    if (node.type === 'JSXElement' || node.type === 'JSXFragment') {
      for (const child of node.children as readonly SyntaxNode[]) {
        if (child.type === 'JSXExpressionContainer') reportPieces(child);
      }
    }
    if (node.type === 'JSXAttribute' && visibleNames.has(nameOf(node.name))) reportPieces(node.value);
    if (node.type === 'Property' && nameOf(node.key) !== 'alt' && visibleNames.has(nameOf(node.key)))
      reportPieces(node.value);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parse(file));
  return found;
};

/** What a source may name keys with: its string literals, and its templates as patterns. */
export const mentionedKeys = (
  file: SourceFile,
): { readonly literals: ReadonlySet<string>; readonly patterns: readonly RegExp[] } => {
  const literals = new Set<string>();
  const patterns: RegExp[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Literal' && typeof node.value === 'string') literals.add(node.value);
    if (node.type === 'TemplateLiteral') {
      const parts = (node.quasis as readonly { value: { cooked: string } }[]).map((quasi) => quasi.value.cooked);
      // Without a room and a dot at its beginning, a template is no key.
      if (/^[a-z-]+\./.test(parts[0] ?? '')) {
        const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
        patterns.push(new RegExp(`^${escaped.join('[\\w-]+')}$`));
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parse(file));
  return { literals, patterns };
};
