/**
 * Why an expression has no value. Thrown, and no `Error`: it is made once for a place in an expression, for a sale
 * that lacks a fact is nothing rare.
 */
export class Fault {
  readonly code: 'missing' | 'problem';
  /** The fact that is missing, or what the problem is. */
  readonly what: string;
  constructor(code: Fault['code'], what: string) {
    this.code = code;
    this.what = what;
  }
}
