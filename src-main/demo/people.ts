import names from '#resources/demo/people.json' with { type: 'json' };

/** Who works where in the demo trail. The first of each department does the most; see `generateTrail`. */
export interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
}

export type Department = 'operations' | 'maintenance' | 'production' | 'administration' | 'systems';
type People = readonly [Person, ...Person[]];

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

let lastId = 0;
const people = ([first = 'Admin', ...others]: readonly string[]): People => {
  const make = (fullName: string): Person => {
    lastId += 1;
    const [given = '', family = ''] = fullName.split(' ');
    const login = `${fold(given)}.${fold(family)}`;
    return { id: String(lastId), login, name: fullName, email: `${login}@petroleos.example` };
  };
  return [make(first), ...others.map(make)];
};

/** Made-up people, from `resources/demo/people.json`. */
export const departments: Readonly<Record<Department, People>> = {
  operations: people(names.operations),
  maintenance: people(names.maintenance),
  production: people(names.production),
  administration: people(names.administration),
  systems: people(names.systems),
};
