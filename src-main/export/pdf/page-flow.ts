import { allLines, type TextLine, type TextLook } from './break-lines.ts';
import type { Drawing, PdfFile } from './pdf-file.ts';
import type { Say } from './pdf-words.ts';
import type { Typeface } from './typeface.ts';

export const margin = 36;
const footHeight = 30;
const headHeight = 18;

export const looks = {
  title: { style: 'bold', size: 20, color: '0.1 g' },
  heading: { style: 'bold', size: 11, color: '0.1 g' },
  label: { style: 'regular', size: 7.5, color: '0.42 g' },
  strong: { style: 'bold', size: 7.5, color: '0.1 g' },
  text: { style: 'regular', size: 7.5, color: '0.1 g' },
  columnTitle: { style: 'bold', size: 7, color: '0.25 g' },
  cell: { style: 'regular', size: 7, color: '0.1 g' },
  note: { style: 'regular', size: 7, color: '0.42 g' },
  foot: { style: 'regular', size: 6.5, color: '0.42 g' },
} as const satisfies Record<string, TextLook>;

/** As PDF writes numbers; half a hundredth of a point is seen by nobody. */
export const point = (value: number): string => String(Math.round(value * 100) / 100);

/** Where the next thing goes on a page, from the top down; pages are begun as they are needed. */
export interface PageFlow {
  readonly face: Typeface;
  readonly left: number;
  readonly width: number;
  /** Height left on this page. */
  room(): number;
  readonly page: number;
  /** Goes down by `height`; what is drawn at the place before has to fit. */
  advance(height: number): number;
  /** Ends the page and begins the next. */
  nextPage(): void;
  /** PDF operators in page coordinates; `upOf` turns a distance from the top into them. */
  draw(operators: string): void;
  upOf(down: number): number;
  /** Draws a line of text with its top at `down`. */
  line(line: TextLine, x: number, down: number, size: number): void;
  /** Breaks a text and puts its lines below each other, over pages if need be. */
  paragraph(text: string, look: TextLook, options?: { readonly x?: number; readonly width?: number }): void;
  /** A thin line over the whole width at the present place. */
  rule(gray?: number): void;
  /** Called at the start of each further page, after its head. */
  onNextPage: (() => void) | null;
  /** Small text at the right of the page's head, asked for when the page ends. */
  headNote: () => string;
  /** Ends the last page. */
  end(): void;
}

export interface PageFlowOptions {
  readonly width: number;
  readonly height: number;
  /** In the head of every page but the first. */
  readonly runningTitle: string;
  readonly say: Say;
  /** The second line of the foot. */
  readonly footLine: string;
  /** About how many pages there will be: says how much room the number of pages is left at the right. */
  readonly expectedPages: number;
}

export const lineHeight = (look: TextLook): number => look.size * 1.32;
/** From the top of a line to its base. */
const baseOf = (size: number): number => size * 1.02;

/** Names of the drawings that every page shows. */
export const sharedDrawings = { pages: 'BPages', hash: 'BHash', hashValue: 'BHashValue' } as const;

export const startPages = (file: PdfFile, face: Typeface, options: PageFlowOptions): PageFlow => {
  const { width, height, say } = options;
  const right = width - margin;
  const bottom = height - margin - footHeight;
  let operators: string[] = [];
  let down = margin;
  let page = 1;
  const upOf = (place: number): number => height - place;
  const drawLine = ({ operators: text }: TextLine, x: number, place: number, size: number): void => {
    operators.push(`BT\n1 0 0 1 ${point(x)} ${point(upOf(place + baseOf(size)))} Tm\n${text}ET\n`);
  };
  const single = (text: string, look: TextLook): TextLine =>
    allLines(face, text, look, width)[0] ?? { operators: '', width: 0 };

  // The number itself is only known at the end. Digits are as wide as each other: only another count of digits shows.
  const pagesRoom = single(` ${say('ofPages', { pages: options.expectedPages })}`, looks.foot).width;
  const close = (): void => {
    const top = height - margin - footHeight + 10;
    operators.push(`0.8 G 0.4 w ${margin} ${point(upOf(top))} m ${right} ${point(upOf(top))} l S\n`);
    operators.push(`q 1 0 0 1 ${margin} ${point(upOf(top + 3 + baseOf(6.5)))} cm /${sharedDrawings.hash} Do Q\n`);
    drawLine(single(options.footLine, looks.foot), margin, top + 12, looks.foot.size);
    const number = single(say('page', { page }), looks.foot);
    drawLine(number, right - pagesRoom - number.width, top + 3, looks.foot.size);
    operators.push(
      `q 1 0 0 1 ${point(right - pagesRoom)} ${point(upOf(top + 3 + baseOf(6.5)))} cm /${sharedDrawings.pages} Do Q\n`,
    );
    if (page > 1) {
      drawLine(single(options.runningTitle, looks.strong), margin, margin - 6, looks.strong.size);
      const note = single(flow.headNote(), looks.label);
      drawLine(note, right - note.width, margin - 6, looks.label.size);
      operators.push(`0.8 G 0.4 w ${margin} ${point(upOf(margin + 7))} m ${right} ${point(upOf(margin + 7))} l S\n`);
    }
    file.addPage(operators.join(''));
    operators = [];
  };

  const flow: PageFlow = {
    face,
    left: margin,
    width: right - margin,
    room: () => bottom - down,
    get page() {
      return page;
    },
    advance: (by) => {
      const before = down;
      down += by;
      return before;
    },
    nextPage: () => {
      close();
      page += 1;
      down = margin + headHeight;
      flow.onNextPage?.();
    },
    draw: (text) => operators.push(text),
    upOf,
    line: drawLine,
    paragraph: (text, look, { x = margin, width: within = right - x } = {}) => {
      for (const line of allLines(face, text, look, within)) {
        if (bottom - down < lineHeight(look)) flow.nextPage();
        drawLine(line, x, down, look.size);
        down += lineHeight(look);
      }
    },
    rule: (gray = 0.85) => {
      operators.push(`${gray} G 0.4 w ${margin} ${point(upOf(down))} m ${right} ${point(upOf(down))} l S\n`);
    },
    onNextPage: null,
    headNote: () => '',
    end: close,
  };
  return flow;
};

/** What every page shows and only the end knows: the number of pages, and the hash of the content. */
export const sharedDrawingsOf = (
  face: Typeface,
  say: Say,
  pages: number,
  hash: string | null,
  width: number,
): readonly Drawing[] => {
  const drawing = (name: string, text: string, look: TextLook): Drawing => {
    const line = allLines(face, text, look, width)[0];
    return { name, width, height: look.size * 1.5, operators: `BT\n${line?.operators ?? ''}ET\n` };
  };
  return [
    drawing(sharedDrawings.pages, ` ${say('ofPages', { pages })}`, looks.foot),
    drawing(sharedDrawings.hash, hash === null ? say('contentHashInIndex') : say('contentHash', { hash }), looks.foot),
    drawing(sharedDrawings.hashValue, hash ?? say('contentHashInIndex'), looks.text),
  ];
};
