/** A pair of an event and a module, by their codes; 0 is none. */
export interface Kind {
  readonly event: number;
  readonly module: number;
}

/** Small numbers for the pairs of event and module that occur together, so that they fit into one number with others. */
export const createKinds = () => {
  const kinds: Kind[] = [];
  const places = new Map<number, Map<number, number>>();
  return {
    /** The number of a pair: 0, 1, 2 … as they come. */
    placeOf: (event: number, module: number): number => {
      let ofEvent = places.get(event);
      if (!ofEvent) {
        ofEvent = new Map();
        places.set(event, ofEvent);
      }
      let place = ofEvent.get(module);
      if (place === undefined) {
        place = kinds.push({ event, module }) - 1;
        ofEvent.set(module, place);
      }
      return place;
    },
    at: (place: number): Kind => kinds[place] as Kind,
    clear: (): void => {
      kinds.length = 0;
      places.clear();
    },
  };
};
