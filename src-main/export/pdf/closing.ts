import { allLines } from './break-lines.ts';
import { lineHeight, looks, type PageFlow, point } from './page-flow.ts';
import type { Say } from './pdf-words.ts';

const signatureHeight = 120;

/** A line of text in the middle of the page, between two thin lines: here something ends. */
export const drawEndMark = (flow: PageFlow, text: string): void => {
  const height = lineHeight(looks.strong);
  if (flow.room() < height + 24) flow.nextPage();
  flow.advance(14);
  const line = allLines(flow.face, text, looks.strong, flow.width)[0];
  if (!line) return;
  const down = flow.advance(height);
  const x = flow.left + (flow.width - line.width) / 2;
  flow.line(line, x, down, looks.strong.size);
  const up = point(flow.upOf(down + height / 2));
  const right = flow.left + flow.width;
  flow.draw(`0.6 G 0.5 w ${point(flow.left)} ${up} m ${point(x - 10)} ${up} l S\n`);
  flow.draw(`0.6 G 0.5 w ${point(x + line.width + 10)} ${up} m ${point(right)} ${up} l S\n`);
};

/** Places for those who sign, on the last page, all of them together. `note` says what they sign. */
export const drawSignatures = (flow: PageFlow, say: Say, note: (pages: number) => string): void => {
  flow.onNextPage = null;
  if (flow.room() < signatureHeight + 40) {
    flow.nextPage();
    flow.headNote = () => '';
  }
  flow.advance(18);
  flow.paragraph(say('signatures'), looks.heading);
  flow.advance(3);
  flow.paragraph(note(flow.page), looks.text);
  const down = flow.advance(70) + 46;
  const space = 24;
  const width = (flow.width - 2 * space) / 3;
  for (const [index, word] of (['signPrepared', 'signReviewed', 'signReceived'] as const).entries()) {
    const x = flow.left + index * (width + space);
    flow.draw(
      `0.3 G 0.6 w ${point(x)} ${point(flow.upOf(down))} m ${point(x + width)} ${point(flow.upOf(down))} l S\n`,
    );
    for (const [row, text] of [say(word), say('signName')].entries()) {
      const look = row === 0 ? looks.strong : looks.note;
      const line = allLines(flow.face, text, look, width)[0];
      if (line) flow.line(line, x, down + 3 + row * lineHeight(looks.strong), look.size);
    }
  }
};
