import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';

const slotNames = ['search', 'actions', 'status'] as const;
type SlotName = (typeof slotNames)[number];
type SlotElements = { readonly [N in SlotName]: HTMLElement | null };

interface Slots {
  readonly elements: SlotElements;
  readonly place: { readonly [N in SlotName]: (element: HTMLElement | null) => void };
}

const SlotContext = createContext<Slots | null>(null);

const useSlots = (): Slots => {
  const slots = useContext(SlotContext);
  if (slots === null) throw new Error('slots outside SlotProvider');
  return slots;
};

/** Lets a screen put things into the frame's top bar and status bar. */
export const SlotProvider = ({ children }: { children: ReactNode }): ReactNode => {
  const [search, placeSearch] = useState<HTMLElement | null>(null);
  const [actions, placeActions] = useState<HTMLElement | null>(null);
  const [status, placeStatus] = useState<HTMLElement | null>(null);
  const slots = useMemo(
    (): Slots => ({
      elements: { search, actions, status },
      place: { search: placeSearch, actions: placeActions, status: placeStatus },
    }),
    [search, actions, status],
  );
  return <SlotContext value={slots}>{children}</SlotContext>;
};

/** Where the frame shows a slot. */
export const Slot = ({ name, className }: { name: SlotName; className?: string | undefined }): ReactNode => {
  const { place } = useSlots();
  return <div ref={place[name]} className={className} />;
};

const fillSlot =
  (name: SlotName) =>
  ({ children }: { children: ReactNode }): ReactNode => {
    const element = useSlots().elements[name];
    return element === null ? null : createPortal(children, element);
  };

/** The wide place in the middle of the top bar. */
export const TopBarSearch = fillSlot('search');
/** Buttons at the right of the top bar. */
export const TopBarActions = fillSlot('actions');
/** The left of the status bar: counts. */
export const StatusBarLeft = fillSlot('status');
