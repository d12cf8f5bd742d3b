/** What a rule promises about the values of a program in which it was applied. */
export type Guarantee =
  /** Not a bit differs; NaN is NaN. */
  | 'same bits'
  /** Applied under `math fast` alone: where everything on the way was finite, it stays so, and is the same number in mathematics. */
  | 'fast: may round, keeps finiteness'
  /** The same number in mathematics, rounded at other places; under `math strict`, too. */
  | 'may round'
  /** Within so many units of float32's last place of the exact result. */
  | `within ${number} ulp`
  /** The derivative, to any order, where there is one; TensorFlow's convention where there is none. */
  | 'derivative';

/** A test that fails where a rule breaks its promise. */
export interface Proof {
  readonly test: string;
  /** Tables or functions of the code that the test goes through: a row that is new is tested, too. */
  readonly covers: readonly string[];
  /** For readers: on what it is tried. */
  readonly how: string;
}

/** One rewriting decision. */
export interface Rule {
  readonly rule: string;
  readonly guarantee: Guarantee;
  /** What the promise leaves open. */
  readonly reserve?: string;
  readonly proofs: readonly string[];
}

/** A part of the compiler that replaces something by something else. */
export interface Stage {
  readonly stage: string;
  /** The sources that decide. */
  readonly files: readonly string[];
  readonly rules: readonly Rule[];
}

/** The same promise and proofs for a list of names. */
export function each(names: readonly string[], guarantee: Guarantee, proofs: readonly string[], reserve?: string): readonly Rule[] {
  return names.map((rule) => ({ rule, guarantee, proofs, ...(reserve === undefined ? {} : { reserve }) }));
}
