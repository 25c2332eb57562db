/** Names repeat in every row; beyond so many they are no names any more. */
const maxKnown = 20_000;
const longestName = 200;

/** The same function, which knows its answers: for names, of which an export sees few very often. */
export const rememberNames = <Made>(make: (name: string) => Made): ((name: string) => Made) => {
  const known = new Map<string, Made>();
  return (name) => {
    if (name.length > longestName) return make(name);
    const found = known.get(name);
    if (found !== undefined) return found;
    if (known.size >= maxKnown) known.clear();
    const made = make(name);
    known.set(name, made);
    return made;
  };
};
