import { createSpotlight, useSpotlight } from '@mantine/spotlight';
import { useEffect, useState } from 'react';

const [store, spotlight] = createSpotlight();

export const paletteStore = store;
export const showPalette = (): void => spotlight.open();

/** Whether the palette was ever asked for; until then it need not be there at all. */
export const usePaletteWanted = (): boolean => {
  const { opened } = useSpotlight(store);
  const [wanted, setWanted] = useState(opened);
  useEffect(() => {
    if (opened) setWanted(true);
  }, [opened]);
  return wanted;
};
