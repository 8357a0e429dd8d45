import { z } from "../../core/codec/zod.ts";
import { failure } from "../../core/errors.ts";
import type { Observable } from "../observable.ts";

/**
 * What a service looks like from outside: which members are observables, which are actions and what those take. A shape
 * names every member of its service, so that one that is added later cannot be forgotten here.
 */
export type Shape<S> = { readonly [K in keyof S]-?: ShapeOf<S[K]> };

type ShapeOf<M> =
  M extends Observable<infer V>
    ? Seen<V>
    : M extends (...args: infer A) => infer R
      ? R extends Promise<unknown>
        ? Asked<A>
        : Told<A>
      : never;

/** An observable. Without a node it shows `initial`, or its last value where `stays`. */
export interface Seen<V> {
  readonly member: "seen";
  readonly initial: V;
  readonly stays: boolean;
}

/** An action with an answer. `again`: doing it twice is doing it once, so a node that takes over may be asked anew. */
export interface Asked<A> {
  readonly member: "asked";
  readonly args: z.ZodType<A>;
  readonly again: boolean;
}

/** An action without an answer. */
export interface Told<A> {
  readonly member: "told";
  readonly args: z.ZodType<A>;
}

type AnyMember = Seen<unknown> | Asked<unknown> | Told<unknown>;

export const seen = <V>(initial: V, options: { readonly stays?: boolean } = {}): Seen<V> => ({
  member: "seen",
  initial,
  stays: options.stays ?? true,
});

export const asked = <A>(args: z.ZodType<A>, options: { readonly again?: boolean } = {}): Asked<A> => ({
  member: "asked",
  args,
  again: options.again ?? false,
});

export const told = <A>(args: z.ZodType<A>): Told<A> => ({ member: "told", args });

export const nothing: z.ZodType<[]> = z.tuple([]);

/** The members of a shape by name. */
export function members(shape: object): readonly (readonly [string, AnyMember])[] {
  return Object.entries(shape).filter((entry): entry is [string, AnyMember] => isMember(entry[1]));
}

function isMember(value: unknown): value is AnyMember {
  return typeof value === "object" && value !== null && "member" in value;
}

export function isObservable(value: unknown): value is Observable<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    "value" in value &&
    "subscribe" in value &&
    typeof value.subscribe === "function"
  );
}

type AnyFunction = (...args: readonly unknown[]) => unknown;

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === "function";
}

/** The observable of that name; throws when the service has none, which the types rule out. */
export function observableOf(service: object, name: string): Observable<unknown> {
  const value: unknown = Reflect.get(service, name);
  if (!isObservable(value)) throw failure("unexpected", `no observable ${name}`);
  return value;
}

/** Calls an action by name. */
export function act(service: object, name: string, args: readonly unknown[]): unknown {
  const action: unknown = Reflect.get(service, name);
  if (!isFunction(action)) throw failure("unexpected", `no action ${name}`);
  return Reflect.apply(action, service, args);
}

/** Whether an object has everything that the shape names. */
export function hasShape<S>(value: object, shape: Shape<S>): value is S & object {
  return members(shape).every(([name, { member }]) => {
    const found: unknown = Reflect.get(value, name);
    return member === "seen" ? isObservable(found) : isFunction(found);
  });
}

/** A service made of one part for each member of its shape. */
export function serviceOf<S>(shape: Shape<S>, part: (name: string, member: AnyMember) => unknown): S {
  const made: object = Object.fromEntries(members(shape).map(([name, member]) => [name, part(name, member)]));
  if (!hasShape(made, shape)) throw failure("unexpected", "a service lacks a part");
  return made;
}
