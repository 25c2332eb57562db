import type { MessagePort } from 'node:worker_threads';
import type { CapturedBatch } from '#main/store/captured.ts';
import type { Desk } from '#main/store/desk.ts';
import type { PackedEntries } from '#main/store/packed-entries.ts';
import { serveThread } from '#main/store/threads/serve-thread.ts';
import { createAppender, type ImportMark } from './appender.ts';
import { assertDurable, translateSqliteError } from './database.ts';
import { createDeskStore } from './desk-store.ts';
import { createLedgerUpkeep } from './ledger-upkeep.ts';
import { openLedgerForWriting } from './open-ledger-file.ts';

export interface WriterSetup {
  readonly file: string;
}

/** Microseconds since 1970. */
const now = (): number => Date.now() * 1000;

/** The one thread that writes the ledger. */
serveThread<WriterSetup>(({ file }, { attach }) => {
  const db = openLedgerForWriting(file);
  const appender = createAppender(db, file, now);
  const desk = createDeskStore(db, now);
  const upkeep = createLedgerUpkeep(db, file);
  const metaOf = (key: string): string | null =>
    (db.prepare('SELECT value FROM meta WHERE key = ?').pluck().get(key) as string | undefined) ?? null;

  const unfinished = db.prepare(
    'SELECT id, checkpoint FROM import WHERE fingerprint = ? AND finished_at IS NULL ORDER BY id DESC LIMIT 1',
  );

  const operations: Record<string, (input: never) => unknown> = {
    info: () => ({ newestId: appender.newestId(), ledgerId: metaOf('ledger_id'), demo: metaOf('demo') === 'true' }),
    attach: ({ port }: { port: MessagePort }) => {
      attach(port);
      return null;
    },
    append: ({ entries, mark }: { entries: PackedEntries; mark: ImportMark | null }) =>
      appender.appendPacked(entries, mark),
    capture: (batch: CapturedBatch) => appender.appendCaptured(batch),
    beginImport: ({ fingerprint, file: name }: { fingerprint: string; file: string }) => {
      const found = unfinished.get(fingerprint) as { id: number; checkpoint: string | null } | undefined;
      if (found) {
        return { importId: found.id, checkpoint: found.checkpoint === null ? null : JSON.parse(found.checkpoint) };
      }
      const { lastInsertRowid } = db
        .prepare('INSERT INTO import (fingerprint, file, started_at) VALUES (?, ?, ?)')
        .run(fingerprint, name, now());
      assertDurable(db);
      return { importId: Number(lastInsertRowid), checkpoint: null };
    },
    finishImport: ({ importId }: { importId: number }) => {
      db.prepare('UPDATE import SET finished_at = ?, checkpoint = NULL WHERE id = ?').run(now(), importId);
      assertDurable(db);
      return null;
    },
    tend: () => {
      upkeep.tend();
      return null;
    },
    markDemo: () => {
      db.prepare("INSERT INTO meta (key, value) VALUES ('demo', 'true') ON CONFLICT DO NOTHING").run();
      assertDurable(db);
      return null;
    },
    desk: ({ method, args }: { method: keyof Desk; args: readonly unknown[] }) =>
      (desk[method] as (...given: readonly unknown[]) => unknown)(...args),
  };

  return {
    run: async (operation, { input }) => {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!run) throw new Error(`no operation ${operation}`);
      try {
        return await run(input as never);
      } catch (error) {
        throw translateSqliteError(error, file);
      }
    },
    close: () => {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
});
