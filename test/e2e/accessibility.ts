import axe from 'axe-core';
import type { Page } from 'playwright-core';

interface Finding {
  readonly rule: string;
  readonly help: string;
  readonly places: readonly string[];
}

/** What axe finds on the page as it is now, serious and critical only; an empty list is what a test asks for. */
export const seriousFindings = async (page: Page): Promise<readonly Finding[]> => {
  // As an expression from outside: a script element of ours would be refused by the page's own policy.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    const { violations } = await inPage.run(document, { resultTypes: ['violations'] });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => ({ rule: id, help, places: nodes.map((node) => node.html.slice(0, 200)) }));
  });
};
