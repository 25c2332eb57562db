import type { ReactNode } from 'react';
import { AddressGroup } from '#renderer/capture/address-group.tsx';
import { FollowsGroup } from '#renderer/capture/follows-group.tsx';
import { LogFilesGroup } from '#renderer/capture/log-files-group.tsx';
import { SourcesGroup } from '#renderer/capture/sources-group.tsx';
import { SpoolGroup } from '#renderer/capture/spool-group.tsx';
import { TokensGroup } from '#renderer/capture/tokens-group.tsx';
import { useCaptureState } from '#renderer/capture/use-capture-state.ts';

/** Settings → Capture: everything about entries that come from programs. For administrators. */
export const CapturePart = (): ReactNode => {
  const state = useCaptureState();
  if (state === null) return null;
  return (
    <>
      <AddressGroup state={state} />
      <TokensGroup />
      <SourcesGroup since={state.since} />
      <FollowsGroup since={state.since} />
      <SpoolGroup state={state} />
      <LogFilesGroup />
    </>
  );
};
