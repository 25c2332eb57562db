import names from '#resources/demo/people.json' with { type: 'json' };
import type { Random } from './random.ts';

/** Who works in the demo trail. */
export interface Person {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly email: string;
}

export type Department = 'operations' | 'maintenance' | 'production' | 'administration' | 'systems';

/** Who works where. The first of each department do the most; see `generateTrail`. */
export interface Staff {
  readonly departments: Readonly<Record<Department, readonly [Person, ...Person[]]>>;
  /** Takes on made-up people, all over the departments, until there are so many. */
  hireUpTo(people: number, random: Random): void;
}

/** People who are there from the beginning of every trail. */
export const firstStaff = 60;

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Made-up people, from `resources/demo/people.json`. */
export const createStaff = (): Staff => {
  const logins = new Set<string>();
  let lastId = 0;
  const make = (fullName: string): Person => {
    lastId += 1;
    const [given = '', family = ''] = fullName.split(' ');
    const wanted = `${fold(given)}.${fold(family)}`;
    let login = wanted;
    for (let number = 2; logins.has(login); number += 1) login = `${wanted}${number}`;
    logins.add(login);
    return { id: String(lastId), login, name: fullName, email: `${login}@petroleos.example` };
  };
  const people = ([first = 'Admin', ...others]: readonly string[]): [Person, ...Person[]] => [
    make(first),
    ...others.map(make),
  ];
  const departments = {
    operations: people(names.operations),
    maintenance: people(names.maintenance),
    production: people(names.production),
    administration: people(names.administration),
    systems: people(names.systems),
  };
  // As large as they are at the beginning, compared with one another.
  const places = Object.values(departments).flatMap((list) => list.map(() => list));
  const anyOf = (list: readonly string[], random: Random): string => list[random.below(list.length)] ?? '';
  return {
    departments,
    hireUpTo: (wanted, random) => {
      while (lastId < wanted) {
        const { given, family } = names;
        const person = make(`${anyOf(given, random)} ${anyOf(family, random)} ${anyOf(family, random)}`);
        places[random.below(places.length)]?.push(person);
      }
    },
  };
};
