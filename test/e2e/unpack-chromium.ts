/** A program of its own: what the package says in the environment is for those who start Chromium alone. */
import { chromiumPath } from './chromium.ts';

await chromiumPath();
