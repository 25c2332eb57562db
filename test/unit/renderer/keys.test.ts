import { describe, expect, test } from 'vitest';
import { parseHash, writeHash } from '#renderer/app/screen-hash.ts';
import { matchActions, typedEntryId } from '#renderer/palette/match-actions.ts';
import { keyCaps, matchesCombination } from '#renderer/ui/keys.ts';

const press = (key: string, held: readonly ('ctrl' | 'meta' | 'alt' | 'shift')[] = []) => ({
  key,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  altKey: held.includes('alt'),
  shiftKey: held.includes('shift'),
});

describe('key combinations', () => {
  test.each([
    ['?', press('?', ['shift']), true],
    ['n', press('n'), true],
    ['n', press('N', ['shift']), false],
    ['N', press('N', ['shift']), true],
    ['mod+k', press('k', ['ctrl']), true],
    ['mod+k', press('K', ['meta']), true],
    ['mod+k', press('k'), false],
    ['mod+k', press('k', ['ctrl', 'shift']), false],
    ['mod+shift+k', press('K', ['ctrl', 'shift']), true],
    ['alt+1', press('1', ['alt']), true],
    ['1', press('1', ['alt']), false],
    ['F5', press('F5'), true],
    ['F5', press('F5', ['shift']), false],
    ['Escape', press('Escape'), true],
    ['+', press('+', ['shift']), true],
  ])('%s against %o', (combination, event, expected) => {
    expect(matchesCombination(event, combination)).toBe(expected);
  });

  test('are shown as they stand on the keyboard', () => {
    expect(keyCaps('mod+k', false)).toEqual(['Ctrl', 'K']);
    expect(keyCaps('mod+k', true)).toEqual(['⌘', 'K']);
    expect(keyCaps('n', false)).toEqual(['n']);
    expect(keyCaps('alt+ArrowUp', false)).toEqual(['Alt', '↑']);
  });
});

describe('palette', () => {
  const run = (): void => undefined;
  const actions = [
    { id: 'a', label: 'Buscar sin distinguir acentos', run },
    { id: 'b', label: 'Apariencia oscura', keywords: 'tema', run },
    { id: 'c', label: 'Ir a los ajustes', detail: 'Sesión', run },
  ];
  const ids = (typed: string): readonly string[] => matchActions(actions, typed).map((action) => action.id);

  test('finds by every word, accents and case aside, beginnings first', () => {
    expect(ids('')).toEqual(['a', 'b', 'c']);
    expect(ids('TEMA')).toEqual(['b']);
    expect(ids('sesion')).toEqual(['c']);
    expect(ids('ajustes ir')).toEqual(['c']);
    expect(ids('i')).toEqual(['c', 'a', 'b']);
    expect(ids('nada')).toEqual([]);
  });

  test.each([
    ['214907', 214907],
    ['214\u00a0907', 214907],
    ['#214.907', 214907],
    ['0', null],
    ['12a', null],
    ['', null],
  ])('%s names an entry or not', (typed, id) => {
    expect(typedEntryId(typed)).toBe(id);
  });
});

describe('addresses', () => {
  test('a screen with what it keeps goes out and comes back', () => {
    const params = new URLSearchParams({ q: 'usuario:ana "1 (PENDIENTE)" a&b=c?#', entry: '7' });
    const route = parseHash(writeHash('log', params));
    expect(route.screen).toBe('log');
    expect([...route.params]).toEqual([...params]);
  });

  test.each(['', '#', '#/', '#/nowhere', '#/nowhere?x=1'])('%j is the log', (hash) => {
    expect(parseHash(hash).screen).toBe('log');
  });
});
