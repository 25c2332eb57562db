import type { CaptureClient } from './capture-client.ts';
import type { CapturedEntry } from './captured-entry.ts';
import { type ChangeRules, type RecordChange, tellChange, type Values } from './change-rules.ts';
import { type Actor, currentActor, wantContext } from './context.ts';

/** A call that has ended. */
export interface AuditedCall<Arguments extends unknown[], Result> {
  readonly args: Arguments;
  /** Undefined when it failed. */
  readonly result: Result | undefined;
  /** What it threw; undefined when it did not. */
  readonly error: unknown;
}

export interface AuditOptions<Arguments extends unknown[], Result> extends ChangeRules {
  /** `CREATE`, `UPDATE` …; guessed from the function’s name unless told (`crearPte`, `updateOrder`, `eliminar…`), else `CALL`. */
  readonly event?: string;
  readonly module?: CapturedEntry['module'];
  readonly target?: string;
  readonly recordId?: (call: AuditedCall<Arguments, Result>) => string | number | null | undefined;
  readonly detail?: (call: AuditedCall<Arguments, Result>) => string | undefined;
  /**
   * What is looked at before and after: the fields that differ become entries. When it gives a promise, an `async`
   * function waits for it; any other function waits for nothing, and what was before is unknown.
   */
  readonly state?: (...args: Arguments) => object | null | undefined;
  /** Who did it; whoever acts (`withActor`, the middleware) unless told. */
  readonly actor?: (...args: Arguments) => Actor;
  /** Whether a call that throws is recorded; true unless told. */
  readonly failures?: boolean;
}

type Watched<This, Arguments extends unknown[], Result> = (this: This, ...args: Arguments) => Result;

const verbs: readonly (readonly [RegExp, string])[] = [
  [/^(?:crear|create|agregar|add|insert|nuev[oa]|new|registrar|alta)/i, 'CREATE'],
  [/^(?:eliminar|delete|borrar|remove|destroy|baja)/i, 'DELETE'],
  [/^(?:actualizar|update|editar|edit|modificar|modify|cambiar|change|guardar|save|set|patch)/i, 'UPDATE'],
];
const guessEvent = (name: string): string => verbs.find(([verb]) => verb.test(name))?.[1] ?? 'CALL';

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** A copy that later changes don’t reach; null when there is nothing to compare. */
const snapshot = (values: unknown): Values | null => {
  if (typeof values !== 'object' || values === null || isPromise(values)) return null;
  try {
    return structuredClone(values) as Values;
  } catch {
    // Something in it that can't be copied: what lies on its surface is compared.
    return { ...values };
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * Records what a function does, each time it is called: event, fields that changed, who, when. As a decorator of a method
 * (`@registrarActividad(client, …)`), or around any function: `const crear = registrarActividad(client, …)(crearPte)`.
 * The function’s arguments, its result and what it throws pass untouched; recording never fails it.
 */
export const audited =
  <Arguments extends unknown[], Result>(
    client: Pick<CaptureClient, 'record'>,
    options: AuditOptions<Arguments, Awaited<Result>> = {},
  ) =>
  // What the options name are the first arguments; the function may have more.
  <This, Own extends [...Arguments, ...unknown[]], OwnResult extends Result>(
    run: Watched<This, Own, OwnResult>,
    context?: ClassMethodDecoratorContext<This, Watched<This, Own, OwnResult>>,
  ): Watched<This, Own, OwnResult> => {
    wantContext();
    const name = context === undefined ? run.name : String(context.name);
    const event = options.event ?? guessEvent(name);
    const isAsync = run.constructor.name === 'AsyncFunction';

    const look = (args: Arguments): ReturnType<NonNullable<typeof options.state>> => {
      try {
        return options.state?.(...args);
      } catch {
        // What can’t be looked at is told without its values.
        return null;
      }
    };
    const record = (
      args: Arguments,
      before: Values | null,
      after: Values | null,
      actor: Actor,
      outcome: Pick<AuditedCall<Arguments, Awaited<Result>>, 'result' | 'error'> & { readonly failed: boolean },
    ): void => {
      try {
        if (outcome.failed && options.failures === false) return;
        const call = { args, result: outcome.result, error: outcome.error };
        const recordId = options.recordId?.(call);
        const detail = options.detail?.(call);
        const told: RecordChange = {
          event: event === 'CREATE' || event === 'DELETE' ? event : 'UPDATE',
          target: options.target ?? name,
          module: options.module ?? null,
          recordId: recordId === null || recordId === undefined ? null : String(recordId),
          before,
          after: outcome.failed ? before : after,
          keys: [],
          ...(detail === undefined ? {} : { detail }),
        };
        const changes = outcome.failed
          ? []
          : tellChange(told, options, actor).filter(({ field }) => field !== undefined);
        if (changes.length > 0) {
          // A word of the program's own says more than that a field changed.
          const own = options.event === undefined || told.event !== 'UPDATE' || event === 'UPDATE' ? {} : { event };
          for (const change of changes) client.record({ ...change, ...own, action: name });
          return;
        }
        const [bare = {}] = tellChange({ ...told, event: 'CREATE', before: null, after: null }, options, actor);
        const { extra } = bare;
        client.record({
          ...bare,
          event,
          action: name,
          extra: outcome.failed ? { ...extra, failed: true, error: reasonOf(outcome.error) } : extra,
        });
      } catch {
        // One of the options threw: the program must not hear of it, and that it was called is told all the same.
        client.record({ event, action: name, target: options.target ?? name, actor });
      }
    };

    return function (this: This, ...given: Own): OwnResult {
      const args = given as unknown as Arguments;
      const first = look(args);
      let actor: Actor = null;
      try {
        actor = options.actor === undefined ? currentActor() : options.actor(...args);
      } catch {
        // Nobody is better than no entry.
      }
      const finish = (
        before: Values | null,
        outcome: { result?: Awaited<Result>; error?: unknown; failed: boolean },
      ) => {
        const after = look(args);
        const whole = { result: outcome.result, error: outcome.error, failed: outcome.failed };
        if (isPromise(after)) {
          void after.then(
            (values) => record(args, before, snapshot(values), actor, whole),
            () => record(args, before, null, actor, whole),
          );
        } else record(args, before, snapshot(after), actor, whole);
      };
      const watchPromise = async (before: Values | null): Promise<Awaited<Result>> => {
        try {
          const result = await run.apply(this, given);
          finish(before, { result, failed: false });
          return result;
        } catch (error) {
          finish(before, { error, failed: true });
          throw error;
        }
      };
      if (isPromise(first) && isAsync) {
        return first.then(snapshot, () => null).then(watchPromise) as OwnResult;
      }
      // Nobody waits for it, and its failure is nobody's.
      if (isPromise(first)) first.catch(() => null);
      const before = snapshot(first);
      let result: OwnResult;
      try {
        result = run.apply(this, given);
      } catch (error) {
        finish(before, { error, failed: true });
        throw error;
      }
      if (!isPromise(result)) {
        finish(before, { result: result as Awaited<Result>, failed: false });
        return result;
      }
      // The same promise goes back: it is only listened to.
      result.then(
        (value) => finish(before, { result: value as Awaited<Result>, failed: false }),
        (error: unknown) => finish(before, { error, failed: true }),
      );
      return result;
    };
  };
