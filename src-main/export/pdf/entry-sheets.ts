import type { ExportFacts } from '../document.ts';
import { columnTitle } from '../export-words.ts';
import { labelledLines } from './cover.ts';
import { cellTexts, type EntryPages } from './entry-table.ts';
import { looks, type PageFlow } from './page-flow.ts';
import type { Say } from './pdf-words.ts';

/** Starts sheets: each entry on pages of its own, with everything that it says, one value below the other. */
export const startSheets = (flow: PageFlow, facts: ExportFacts, say: Say): EntryPages => {
  const textsOf = cellTexts(facts);
  const labels = facts.columns.map((column) => columnTitle(column, facts.language));
  let first = true;
  return {
    add: (entry) => {
      if (!first) flow.nextPage();
      first = false;
      const title = say('entry', { id: entry.id });
      flow.headNote = () => title;
      flow.draw(`/BitacoraEntry <</Id ${entry.id}>> BDC\n`);
      flow.draw('EMC\n');
      flow.paragraph(title, looks.heading);
      flow.advance(4);
      const texts = textsOf(entry);
      labelledLines(
        flow,
        labels.flatMap((label, index) => {
          const value = texts[index];
          return value === null || value === undefined ? [] : [{ label, value }];
        }),
        110,
      );
    },
  };
};
