import { formatMicros } from '#shared/text/zoned-time.ts';
import { type CompletenessLine, completenessLabel, completenessLines } from '../completeness.ts';
import type { ExportFacts } from '../document.ts';
import { breakLines } from './break-lines.ts';
import { lineHeight, looks, type PageFlow, point, sharedDrawings } from './page-flow.ts';
import { countText, type Say } from './pdf-words.ts';

const titleGap = 6;
const padding = 2.5;

/** Lines of a label and a value, with a thin line between them. `drawing` puts a shared drawing in the value's place. */
export const labelledLines = (
  flow: PageFlow,
  lines: readonly (CompletenessLine & { readonly drawing?: string })[],
  labelWidth: number,
): void => {
  const valueX = flow.left + labelWidth + 8;
  const height = lineHeight(looks.text);
  for (const { label, value, drawing } of lines) {
    const nextLabel = breakLines(flow.face, label, looks.label, labelWidth);
    const nextValue = breakLines(flow.face, String(value), looks.text, flow.left + flow.width - valueX);
    let [labelLine, valueLine] = [nextLabel(), nextValue()];
    for (let first = true; first || labelLine !== null || valueLine !== null; first = false) {
      if (flow.room() < height + 2 * padding) flow.nextPage();
      if (first) {
        flow.rule(0.9);
        flow.advance(padding);
      }
      const down = flow.advance(height);
      if (labelLine) flow.line(labelLine, flow.left, down, looks.label.size);
      if (valueLine) flow.line(valueLine, valueX, down, looks.text.size);
      if (drawing !== undefined && first) {
        const up = flow.upOf(down + looks.text.size * 1.02);
        flow.draw(`q 1 0 0 1 ${point(valueX)} ${point(up)} cm /${drawing} Do Q\n`);
      }
      [labelLine, valueLine] = [nextLabel(), nextValue()];
    }
    flow.advance(padding);
  }
  flow.rule(0.9);
};

/** `2018-08-26 … 2024-02-01 (America/Mexico_City)`. */
const periodText = ({ period, zone }: ExportFacts, say: Say): string =>
  period === null ? say('none') : `${formatMicros(period.from, zone)} … ${formatMicros(period.to, zone)} (${zone})`;

/** The first page: what the document is, and its completeness sheet. */
export const drawCover = (
  flow: PageFlow,
  facts: ExportFacts,
  say: Say,
  title: string,
  notes: readonly string[],
): void => {
  const { language } = facts;
  const count = (value: number): string => countText(value, language);
  flow.paragraph(title, looks.title);
  flow.advance(titleGap);
  const [ids, none] = [say('ids'), say('none')];
  labelledLines(
    flow,
    [
      { label: say('period'), value: periodText(facts, say) },
      { label: say('filter'), value: facts.query === '' ? say('everything') : facts.query },
      { label: say('totals'), value: say('totalsOf', { rows: count(facts.rows), all: count(facts.ledgerEntries) }) },
      {
        label: ids,
        value:
          facts.firstId === null || facts.lastId === null
            ? none
            : say('idsFromTo', { from: facts.firstId, to: facts.lastId }),
      },
      {
        label: say('prepared'),
        value: say('preparedBy', { at: formatMicros(facts.exportedAt, facts.zone), operator: facts.operator }),
      },
    ],
    150,
  );
  for (const note of notes) {
    flow.advance(titleGap);
    flow.paragraph(note, looks.text);
  }
  flow.advance(16);
  flow.paragraph(completenessLabel('title', language), looks.heading);
  flow.advance(titleGap);
  labelledLines(
    flow,
    [
      ...completenessLines(facts).map((line) =>
        line.counted && typeof line.value === 'number' ? { ...line, value: count(line.value) } : line,
      ),
      { label: completenessLabel('contentHash', language), value: '', drawing: sharedDrawings.hashValue },
    ],
    150,
  );
  flow.advance(8);
  flow.paragraph(say('marks'), looks.note);
};
