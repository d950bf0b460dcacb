/** What keeps the database from serving, in words for the person who runs the product. */
export class DatabaseProblem extends Error {}
