import type { Actor, Module } from '#shared/contract/entry.ts';
import { isoMillisOf, isoOf } from '#shared/text/zoned-time.ts';
import { rememberLast } from './remember-last.ts';
import { rememberNames } from './remember-names.ts';
import type { WholeEntry } from './whole-entry.ts';

const json = (text: string | null): string => (text === null ? 'null' : JSON.stringify(text));

/**
 * Writes entries in the shape of the contract (`entrySchema`), times in UTC: what the API answers, a line each. JSON that
 * the source gave goes out as it was stored, with every digit.
 */
export const entryLines = (): ((entry: WholeEntry) => string) => {
  const known = rememberNames((text: string) => JSON.stringify(text));
  const name = (text: string | null): string => (text === null ? 'null' : known(text));
  const people = new WeakMap<Actor, string>();
  const person = (actor: Actor | null): string => {
    if (actor === null) return 'null';
    let made = people.get(actor);
    if (made === undefined) {
      const { id, login, name: called, email } = actor;
      made = JSON.stringify({ id, login, name: called, email });
      people.set(actor, made);
    }
    return made;
  };
  const moduleJson = (module: Module | null): string =>
    module === null ? 'null' : `{"number":${module.number},"name":${name(module.name)}}`;
  const receivedAt = rememberLast(isoOf);
  return (entry) => {
    const occurredAt = isoOf(entry.occurredAt);
    const occurredText = entry.occurredText ?? isoMillisOf(entry.occurredAt);
    const origin = entry.originFile === null ? 'null' : `{"file":${name(entry.originFile)},"line":${entry.originLine}}`;
    return `{"id":${entry.id},"eventId":"${entry.eventId}","occurredAt":"${occurredAt}","occurredText":${json(occurredText)},"receivedAt":"${receivedAt(entry.receivedAt)}","actor":${person(entry.actor)},"event":${name(entry.event)},"module":${moduleJson(entry.module)},"target":${name(entry.target)},"recordId":${json(entry.recordId)},"field":${name(entry.field)},"oldValue":${json(entry.oldValue)},"newValue":${json(entry.newValue)},"detail":${json(entry.detail)},"action":${json(entry.action)},"status":${entry.status},"request":${entry.request},"source":${name(entry.source)},"sourceEntryId":${json(entry.sourceEntryId)},"origin":${origin},"extra":${entry.extra}}\n`;
  };
};
