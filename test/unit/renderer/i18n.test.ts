import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '#renderer/i18n/catalogue.ts';
import type { Message, Text } from '#renderer/i18n/define-messages.ts';
import { mentionedKeys, readSources, type SourceFile, visibleLiterals } from './visible-literals.ts';

const folder = join(import.meta.dirname, '../../../src-renderer');
const sources = readSources(folder);
const isCatalogue = (file: SourceFile): boolean => basename(file.path) === 'messages.ts';
const messages: Readonly<Record<string, Message>> = catalogue;
const isKey = (text: string): boolean => Object.hasOwn(messages, text);

const formsOf = (text: Text): readonly string[] => (typeof text === 'string' ? [text] : [text.one, text.other]);
const placeholders = (text: Text): readonly string[] =>
  [...new Set(formsOf(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort();

describe('texts in the sources', () => {
  test('nothing that a person sees is written outside of the catalogues', () => {
    expect(sources.length).toBeGreaterThan(60);
    const found = sources.filter((file) => !isCatalogue(file)).flatMap((file) => visibleLiterals(file, isKey));
    expect(found).toEqual([]);
  });

  test.each([
    ['text between tags', 'const a = <p>Hola</p>;'],
    ['a string in braces', "const a = <p>{'Hola'}</p>;"],
    ['one side of a condition', "const a = <p>{ok ? null : 'Hola'}</p>;"],
    ['what follows &&', "const a = <p>{ok && 'Hola'}</p>;"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source with a template
    ['a template', 'const a = <p>{`Hola ${name}`}</p>;'],
    ['a title', 'const a = <p title="Hola" />;'],
    ['an aria-label in braces', "const a = <p aria-label={'Hola'} />;"],
    ['a placeholder behind ??', "const a = <input placeholder={hint ?? 'Hola'} />;"],
    ['a label in a table', "const a = [{ label: 'Hola' }];"],
    ['a header name', "const a = { headerName: 'Hola' };"],
    ['a notification', "notifications.show({ message: 'Hola' });"],
  ])('%s is found', (_name, text) => {
    expect(visibleLiterals({ path: 'a.tsx', text }, isKey)).toEqual(['a.tsx:1 Hola']);
  });

  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source with a template
    ['signs without letters', "const a = <p> · {'—'} {`${a} · ${b}`}</p>;"],
    ['a text of the catalogue', "const a = <p title={t('app.loading')}>{t('app.loading')}</p>;"],
    ['a key in a table', "const a = [{ label: 'app.loading' }];"],
    ['a comparison', "const a = <p>{kind === 'Hola' ? b : c}</p>;"],
    ['a class name', 'const a = <p className="hola" />;'],
    ['the name of the product', 'const a = <p translate="no">Bitácora</p>;'],
  ])('%s is no finding', (_name, text) => {
    expect(visibleLiterals({ path: 'a.tsx', text }, isKey)).toEqual([]);
  });
});

describe('catalogues', () => {
  const entries = Object.entries(messages);

  test.each(entries)('%s says the same in every language', (_key, message) => {
    for (const language of ['es', 'en'] as const) {
      for (const form of formsOf(message[language])) expect(form.trim()).not.toBe('');
    }
    expect(placeholders(message.es)).toEqual(placeholders(message.en));
  });

  test('no key stands in two catalogues', () => {
    const catalogues = sources.filter(isCatalogue);
    expect(catalogues.length).toBeGreaterThan(5);
    const keys = catalogues.flatMap((file) => [...file.text.matchAll(/^ {2}'([^']+)':/gm)].map(([, key]) => key));
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(new Set(keys).size).toBe(entries.length);
  });

  test('no key is left that no source uses', () => {
    const mentioned = sources.filter((file) => !isCatalogue(file)).map(mentionedKeys);
    const unused = entries
      .map(([key]) => key)
      .filter(
        (key) => !mentioned.some(({ literals, patterns }) => literals.has(key) || patterns.some((it) => it.test(key))),
      );
    expect(unused).toEqual([]);
  });
});
