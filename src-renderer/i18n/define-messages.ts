import type { Language } from '#shared/contract/errors.ts';

/** A text in every language; `{name}` marks what is filled in. A plural is chosen by the parameter `count`. */
export type Text = string | { readonly one: string; readonly other: string };
export type Message = { readonly [L in Language]: Text };
export type Messages = Readonly<Record<string, Message>>;

/**
 * A room's catalogue, in its own `messages.ts`, merged in `i18n/catalogue.ts`. Keys begin with the room's name
 * (`log.search.label`), so that two rooms never collide.
 */
export const defineMessages = <const M extends Messages>(messages: M): M => messages;
