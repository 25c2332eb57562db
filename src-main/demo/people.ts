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
const people = (first: string, ...others: string[]): People => {
  const make = (fullName: string): Person => {
    lastId += 1;
    const [given = '', family = ''] = fullName.split(' ');
    const login = `${fold(given)}.${fold(family)}`;
    return { id: String(lastId), login, name: fullName, email: `${login}@petroleos.example` };
  };
  return [make(first), ...others.map(make)];
};

/** Made-up people. */
export const departments: Readonly<Record<Department, People>> = {
  operations: people(
    'María López Herrera',
    'Juan Pérez Ávila',
    'Sofía Ramírez Núñez',
    'Carlos Hernández Ruiz',
    'Ana Gutiérrez Peña',
    'Miguel Ángel Torres',
    'Guadalupe Ibáñez Soto',
    'Fernando Castañeda León',
    'Lucía Ordóñez Vega',
    'Roberto Zúñiga Cano',
    'Verónica Muñoz Salas',
    'Héctor Villaseñor Díaz',
    'Patricia Quiñones Mora',
    'Óscar Jiménez Rosas',
    'Claudia Benítez Luna',
    'Raúl Espinoza Cruz',
    'Teresa Valdés Ponce',
    'Iván Cordero Treviño',
    'Norma Aguilar Pineda',
    'Gustavo Rentería Solís',
    'Mónica Figueroa Bravo',
    'Edgar Maldonado Ríos',
    'Silvia Carranza Nava',
    'Julio Escamilla Ortiz',
  ),
  maintenance: people(
    'Jorge Cárdenas Mejía',
    'Rosa Delgado Fuentes',
    'Emilio Sandoval Ayala',
    'Beatriz Olvera Campos',
    'Tomás Arellano Ochoa',
    'Yolanda Montes Rivas',
    'Ramón Cervantes Lara',
    'Adriana Padilla Correa',
    'Felipe Bautista Ramos',
    'Irene Márquez Tovar',
    'Saúl Contreras Gil',
    'Elena Barrera Macías',
    'Arturo Cisneros Mata',
  ),
  production: people(
    'Alejandro Núñez Cortés',
    'Daniela Rojas Medina',
    'Eduardo Peñaloza Gómez',
    'Karla Santibáñez Ibarra',
    'Luis Cárdenas Robles',
    'Martha Esquivel Reyes',
    'Pablo Domínguez Sáenz',
    'Rebeca Trujillo Arias',
    'Vicente Galindo Serrano',
    'Ximena Arriaga Duarte',
    'Andrés Ugalde Paredes',
  ),
  administration: people(
    'Leticia Morales Vidal',
    'Ricardo Saldaña Meza',
    'Gabriela Chávez Prieto',
    'Enrique Bermúdez Calvo',
    'Pilar Navarrete Acosta',
  ),
  systems: people(
    'Admin Sistemas',
    'Diego Fonseca Marín',
    'Alicia Barragán Toledo',
    'Hugo Lozano Villegas',
    'Nadia Escobedo Franco',
    'Samuel Cabrera Osorio',
    'Brenda Pacheco Uribe',
  ),
};
