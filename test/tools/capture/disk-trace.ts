import { readFileSync } from 'node:fs';

/** What a program did to a file, or told somebody over a socket, in its order; made from what strace(1) wrote. */
export type DiskEvent =
  | { readonly kind: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: string; readonly length: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'said'; readonly text: string };

/** The options under which strace writes what `readTrace` reads. */
export const traceOptions: readonly string[] = [
  ...['-f', '--seccomp-bpf', '-y', '-xx', '-s', '10000000'],
  ...['-e', 'trace=pwrite64,write,writev,ftruncate,fsync,fdatasync', '-e', 'signal=none'],
];

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll('\\x', ''), 'hex');
const pathOf = (text: string): string => (text.includes('\\x') ? bytesOf(text).toString() : text);
const call = /^(\w+)\((\d+)<([^>]*)>(.*)$/s;

const eventOf = (line: string): DiskEvent | null => {
  const [, name = '', , place = '', rest = ''] = call.exec(line) ?? [];
  const file = pathOf(place);
  if (name === '' || /= -\d+ E[A-Z]+/.test(rest)) return null;
  switch (name) {
    case 'fsync':
    case 'fdatasync':
      return { kind: 'sync', file };
    case 'ftruncate':
      return { kind: 'cut', file, length: Number(/^, (\d+)/.exec(rest)?.[1]) };
    case 'pwrite64': {
      const [, hex = '', at = ''] = /^, "([^"]*)", \d+, (\d+)/.exec(rest) ?? [];
      return { kind: 'write', file, at: Number(at), bytes: bytesOf(hex) };
    }
    default: {
      const texts = [...rest.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
        bytesOf(hex).toString('latin1'),
      );
      return file.startsWith('/') ? null : { kind: 'said', text: texts.join('') };
    }
  }
};

/**
 * The events of a trace. A sync counts when it has ended, a write from its beginning; what was told counts from its
 * beginning too, so that nothing is promised later than it was.
 */
export const readTrace = (file: string): readonly DiskEvent[] => {
  const unfinished = new Map<string, string>();
  const events: DiskEvent[] = [];
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const [, thread = '', said = ''] = /^(\d+)\s+(.*)$/s.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(said);
    if (resumed) {
      const begun = unfinished.get(thread);
      unfinished.delete(thread);
      const event = begun === undefined ? null : eventOf(begun + (resumed[1] ?? ''));
      if (event?.kind === 'sync') events.push(event);
      continue;
    }
    const begun = / <unfinished \.\.\.>$/.test(said) ? said.slice(0, -' <unfinished ...>'.length) : null;
    if (begun !== null) unfinished.set(thread, begun);
    const event = eventOf(begun ?? said);
    if (event !== null && !(begun !== null && event.kind === 'sync')) events.push(event);
  }
  return events;
};
