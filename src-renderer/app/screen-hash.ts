/** The screens that exist, in the order of the rail. */
export const screens = ['log', 'import', 'settings'] as const;
export type Screen = (typeof screens)[number];

export interface Route {
  readonly screen: Screen;
  /** What the screen keeps in the address: `#/log?q=…&entry=17`. */
  readonly params: URLSearchParams;
}

const isScreen = (name: string): name is Screen => (screens as readonly string[]).includes(name);

/** An address that names no screen is the log. */
export const parseHash = (hash: string): Route => {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { screen: isScreen(path) ? path : 'log', params: new URLSearchParams(query) };
};

export const writeHash = (screen: Screen, params?: URLSearchParams): string => {
  const query = params?.toString() ?? '';
  return query === '' ? `#/${screen}` : `#/${screen}?${query}`;
};
