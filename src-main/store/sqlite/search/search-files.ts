import path from 'node:path';
import { type IndexFile, listIndexFiles, sortIndexFiles } from '../index-folder.ts';
import { segmentRows, segmentStep } from './segment-builder.ts';

/** A full segment, and a short one that a full one replaces later. */
export const segmentEnding = 'seg';
export const partEnding = 'part';

export const searchFolder = (folder: string): string => path.join(folder, 'search');

export const chunkOf = (id: number): number => Math.floor((id - 1) / segmentRows);

/** Whether a segment may cover the entries that its name says. */
const isWellNamed = ({ first, last }: IndexFile): boolean =>
  first >= 1 && last >= first && (first - 1) % segmentStep === 0 && chunkOf(first) === chunkOf(last);

/** Every file that is called like a segment. */
export const listSegmentNames = (folder: string): readonly IndexFile[] =>
  [segmentEnding, partEnding].flatMap((ending) => listIndexFiles(searchFolder(folder), ending));

export const listSegments = (folder: string): readonly IndexFile[] =>
  sortIndexFiles(listSegmentNames(folder).filter(isWellNamed));
