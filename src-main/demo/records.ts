import texts from '#resources/demo/texts.json' with { type: 'json' };
import type { Department } from './people.ts';
import type { Random } from './random.ts';

export interface Field {
  readonly name: string;
  /** A value that differs from `current` more often than not; `current` is empty for a new record. */
  next(random: Random, current: string): string;
}

/** A sort of record of the system that the demo trail comes from. */
export interface Kind {
  readonly module: { readonly number: number; readonly name: string };
  readonly target: string;
  readonly department: Department;
  /** Records that are being worked on at any time. */
  readonly open: number;
  /** The states a record goes through, in their order, as the system writes them. */
  readonly states: readonly string[];
  readonly fields: readonly [Field, ...Field[]];
  /** How often it is worked on, compared with the other kinds. */
  readonly weight: number;
  /** Records come and go; otherwise the same ones live on (wells, users). */
  readonly passing: boolean;
  keyOf(sequence: number, year: number): string;
}

const padded = (value: number, width: number): string => String(value).padStart(width, '0');

const oneOf = (name: string, ...values: [string, ...string[]]): Field => ({
  name,
  next: (random) => random.pick(values),
});

/** A measured number that wanders around where it was. */
const measured = (name: string, low: number, high: number, decimals: number): Field => ({
  name,
  next: (random, current) => {
    const span = high - low;
    const from = current === '' ? low + span * random.next() : Number(current);
    const moved = from + span * 0.08 * (random.next() - 0.5);
    return Math.min(high, Math.max(low, moved)).toFixed(decimals);
  },
});

const day = (name: string): Field => ({
  name,
  next: (random) => `2026-${padded(1 + random.below(12), 2)}-${padded(1 + random.below(28), 2)}`,
});

/** One of a list from `resources/demo/texts.json`. */
const anyOf = (name: string, values: readonly string[]): Field => ({
  name,
  next: (random) => values[random.below(values.length)] ?? '',
});
const remark = anyOf('observaciones', texts.remarks);

export const kinds: readonly [Kind, ...Kind[]] = [
  {
    module: { number: 1, name: 'PTEs' },
    target: 'PTE',
    department: 'operations',
    open: 500,
    weight: 36,
    passing: true,
    states: ['1 (PENDIENTE)', '2 (EN PROCESO)', '3 (EN REVISIÓN)', '4 (APROBADA)', '5 (CERRADA)'],
    keyOf: (sequence, year) => `PTE-${year}-${padded(sequence, 3)}`,
    fields: [
      oneOf('prioridad', 'ALTA', 'MEDIA', 'BAJA', 'URGENTE'),
      anyOf('area', texts.places),
      oneOf('responsable', 'María López Herrera', 'Juan Pérez Ávila', 'Sofía Ramírez Núñez', 'Ana Gutiérrez Peña'),
      day('fecha_compromiso'),
      remark,
    ],
  },
  {
    module: { number: 2, name: 'Work Orders' },
    target: 'Work Order',
    department: 'maintenance',
    open: 300,
    weight: 22,
    passing: true,
    states: ['1 (ABIERTA)', '2 (ASIGNADA)', '3 (EN EJECUCIÓN)', '4 (TERMINADA)', '5 (CERRADA)'],
    keyOf: (sequence, year) => `OT-${year}-${padded(sequence, 3)}`,
    fields: [
      oneOf('cuadrilla', 'Cuadrilla A', 'Cuadrilla B', 'Cuadrilla Norte', 'Contratista Ríos'),
      measured('costo_estimado', 1500, 480_000, 2),
      oneOf('avance', '0 %', '25 %', '50 %', '75 %', '90 %', '100 %'),
      day('fecha_programada'),
      remark,
    ],
  },
  {
    module: { number: 3, name: 'Production' },
    target: 'Production',
    department: 'production',
    open: 64,
    weight: 24,
    passing: false,
    states: ['1 (FLUYENDO)', '2 (CERRADO)', '3 (EN REPARACIÓN)'],
    keyOf: (sequence) => `Pozo ${sequence}`,
    fields: [
      measured('volumen_bruto', 120, 5200, 1),
      measured('volumen_neto', 100, 4800, 1),
      measured('presion_cabeza', 8, 210, 2),
      measured('temperatura', 28, 92, 1),
      measured('porcentaje_agua', 0, 96, 1),
    ],
  },
  {
    module: { number: 4, name: 'Catalogs' },
    target: 'Catalog',
    department: 'systems',
    open: 120,
    weight: 5,
    passing: false,
    states: ['1 (ACTIVO)', '0 (INACTIVO)'],
    keyOf: (sequence) => `CAT-${padded(sequence, 4)}`,
    fields: [
      oneOf('descripcion', 'Bomba centrífuga', 'Válvula de compuerta', 'Tubería 5" c-80', 'Compresor', 'Señalización'),
      oneOf('unidad', 'pieza', 'metro', 'barril', 'litro', 'm³'),
      oneOf('clasificacion', 'Crítico', 'Esencial', 'General'),
    ],
  },
  {
    module: { number: 5, name: 'Users' },
    target: 'User',
    department: 'administration',
    open: 60,
    weight: 3,
    passing: false,
    states: ['is_active=True', 'is_active=False'],
    keyOf: (sequence) => `USR-${padded(sequence, 4)}`,
    fields: [
      oneOf('puesto', 'Supervisor', 'Operador', 'Ingeniero de campo', 'Analista', 'Coordinación'),
      {
        name: 'telefono',
        next: (random) => `+52 55 ${padded(random.below(10_000), 4)} ${padded(random.below(10_000), 4)}`,
      },
      oneOf('grupo', 'Operaciones', 'Mantenimiento', 'Producción', 'Consulta'),
    ],
  },
  {
    module: { number: 6, name: 'Permissions' },
    target: 'Permission',
    department: 'administration',
    open: 60,
    weight: 2,
    passing: false,
    states: ['1 (VIGENTE)', '0 (REVOCADO)'],
    keyOf: (sequence) => `PERM-${padded(sequence, 4)}`,
    fields: [
      oneOf('permisos_pte', 'ver', 'ver, editar', 'ver, editar, aprobar', 'ver, editar, aprobar, eliminar'),
      oneOf('permisos_produccion', 'ver', 'ver, capturar', 'ver, capturar, corregir'),
      oneOf('permisos_usuarios', 'ninguno', 'ver', 'ver, administrar'),
    ],
  },
];
