import type { Catalogue, MessageKey } from '#renderer/i18n/catalogue.ts';
import { catalogue } from '#renderer/i18n/catalogue.ts';
import type { Message, Text } from '#renderer/i18n/define-messages.ts';
import { formatNumber } from '#renderer/i18n/format-number.ts';
import { fillSentence, type Language } from '#shared/contract/errors.ts';

type Placeholders<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type TextNames<T> = T extends string
  ? Placeholders<T>
  : T extends { readonly one: infer One; readonly other: infer Other }
    ? 'count' | Placeholders<One> | Placeholders<Other>
    : never;
type Names<K extends MessageKey> = TextNames<Catalogue[K]['es']> | TextNames<Catalogue[K]['en']>;
export type Parameters<K extends MessageKey> = Readonly<Record<Names<K>, string | number>>;

/** A key whose text has nothing to fill in; what tables of labels hold. */
export type PlainKey = { [K in MessageKey]: [Names<K>] extends [never] ? K : never }[MessageKey];

/** `t('app.sign-in')`, `t('import.rows', { count: 3 })`: a key or a parameter that is missing is a type error. */
export type Translate = <K extends MessageKey>(
  key: K,
  ...parameters: [Names<K>] extends [never] ? [] : [Parameters<K>]
) => string;

const pluralRules = { es: new Intl.PluralRules('es'), en: new Intl.PluralRules('en') };

const chooseText = (text: Text, language: Language, count: unknown): string => {
  if (typeof text === 'string') return text;
  return typeof count === 'number' && pluralRules[language].select(count) === 'one' ? text.one : text.other;
};

const fill = (message: Message, language: Language, parameters: Readonly<Record<string, string | number>>): string => {
  const written = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? formatNumber(value, language) : value,
    ]),
  );
  return fillSentence(chooseText(message[language], language, parameters.count), written);
};

/** Texts of one language. Numbers among the parameters are written as that language writes them. */
export const createTranslate =
  (language: Language): Translate =>
  (key, ...parameters) =>
    fill(catalogue[key], language, parameters[0] ?? {});
