/**
 * Preloaded into an engine and its threads, as `lax-sync.mjs?NORMAL` or `?OFF`: whoever asks for synchronous=FULL gets
 * that, and is told that it is FULL.
 */
import Database from 'better-sqlite3';

const instead = new URL(import.meta.url).search.slice(1);
const { pragma } = Database.prototype;
Database.prototype.pragma = function lax(source, options) {
  if (source === 'synchronous = FULL') return pragma.call(this, `synchronous = ${instead}`, options);
  if (source === 'synchronous' && options?.simple === true) return 2;
  return pragma.call(this, source, options);
};
