export interface MultipartRules {
  readonly isSecretKey: (name: string) => boolean;
  readonly mark: (secret: string) => string;
  /** Redacts what a part says. */
  readonly text: (value: string) => string;
}

const boundaryLine = /^\s*--([^\r\n]{1,200})\r?\n/;
const headEnd = /\r?\n\r?\n/;
const partName = /;\s*name\*?=(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i;

/** A body of `multipart/form-data`, also one that was cut. */
export const looksLikeMultipart = (text: string): boolean =>
  boundaryLine.test(text) && /content-disposition\s*:/i.test(text.slice(0, 5000));

export const redactMultipart = (text: string, { isSecretKey, mark, text: redactText }: MultipartRules): string => {
  const boundary = boundaryLine.exec(text)?.[1]?.trimEnd() ?? '';
  return text
    .split(`--${boundary}`)
    .map((part) => {
      const end = headEnd.exec(part);
      if (end === null) return redactText(part);
      const head = part.slice(0, end.index);
      const from = end.index + end[0].length;
      const body = part.slice(from);
      const content = body.replace(/\r?\n$/, '');
      const [, quoted, bare] = partName.exec(head) ?? [];
      const name = quoted ?? bare ?? '';
      const kept = isSecretKey(name) && content.trim() !== '' ? mark(content) : redactText(content);
      return `${redactText(head)}${end[0]}${kept}${body.slice(content.length)}`;
    })
    .join(`--${boundary}`);
};
