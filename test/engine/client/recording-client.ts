import path from 'node:path';
import { type CaptureClient, createCaptureClient } from '#client/capture-client.ts';
import type { CapturedEntry } from '#client/captured-entry.ts';
import { temporaryFolder } from '../engine/engine-kit.ts';

/** A client’s hands without its queue: what it is given stays here, as it would be written. */
export interface RecordingClient extends Pick<CaptureClient, 'record' | 'prepare' | 'keep'> {
  readonly taken: CapturedEntry[];
  /** Whether it keeps nothing at the moment. */
  full: boolean;
  close(): Promise<void>;
}

export const openRecordingClient = (): RecordingClient => {
  const client = createCaptureClient({
    url: 'http://127.0.0.1:1',
    token: 'none',
    spoolFolder: path.join(temporaryFolder(), 'spool'),
    thread: false,
  });
  const recording: RecordingClient = {
    taken: [],
    full: false,
    record: (entry) => void recording.taken.push(client.prepare(entry)),
    prepare: client.prepare,
    keep: async (entries) => {
      if (recording.full) throw new Error('no room');
      recording.taken.push(...entries);
    },
    close: client.close,
  };
  return recording;
};
