import { parseSync } from 'libpg-query';

/** A node of the parsed statement: its fields by name. */
type Node = Record<string, unknown>;

/** What one level of a query reads from: alias -> what it is, and whether its tenant is bound. */
type Scope = { tables: Map<string, { tenantTable: boolean; bound: boolean }> };

/**
 * What is wrong with the statement, or null: every table of a tenant in it must be bound by `tenant = $n`, or by having its
 * tenant equated with one that is bound; a row that is inserted must get its tenant from a parameter or from a bound
 * row. Call `loadModule()` of libpg-query once before.
 */
export function checkStatement(sql: string, tenantTables: ReadonlySet<string>): string | null {
  const problems: string[] = [];
  const parsed = parseSync(sql) as unknown as Node;
  visit(parsed['stmts'], { tenantTables, problems, outer: [], named: new Set() });
  return problems[0] ?? null;
}

type Context = {
  tenantTables: ReadonlySet<string>;
  problems: string[];
  outer: readonly Scope[];
  /** Names of common table expressions, which are checked where they are written. */
  named: ReadonlySet<string>;
};

const queryKinds = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'] as const;

function visit(value: unknown, context: Context): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, context);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const node = value as Node;
  // Wherever else a table is named (truncate, copy, merge, ...), no condition can bind it.
  const table = node['relname'];
  if (typeof table === 'string' && !context.named.has(table) && context.tenantTables.has(table))
    context.problems.push(`the table ${table} is used where no tenant can be named`);
  for (const [name, inner] of Object.entries(node)) {
    if ((queryKinds as readonly string[]).includes(name)) checkQuery(inner as Node, name, context);
    else visit(inner, context);
  }
}

function checkQuery(query: Node, kind: string, outer: Context): void {
  // `a union b` nests the two sides without their kind.
  for (const side of ['larg', 'rarg']) if (query[side]) checkQuery(query[side] as Node, 'SelectStmt', outer);
  const named = new Set(outer.named);
  const withClause = query['withClause'] as Node | undefined;
  for (const item of (withClause?.['ctes'] ?? []) as { CommonTableExpr: Node }[])
    named.add(item.CommonTableExpr['ctename'] as string);
  const scope: Scope = { tables: new Map() };
  const inner: Context = { ...outer, named, outer: [...outer.outer, scope] };
  const conditions: unknown[] = [];
  for (const item of [query['fromClause'], query['usingClause']].flat())
    readFrom(item, scope, inner, conditions);
  if (kind === 'InsertStmt') checkInsert(query, inner);
  else if (query['relation']) addTable(query['relation'] as Node, scope, inner);
  conditions.push(query['whereClause']);
  bind(scope, outer.outer, conditions.flatMap(conjuncts));
  for (const [alias, table] of scope.tables)
    if (table.tenantTable && !table.bound) outer.problems.push(`the table ${alias} is not bound to a tenant`);
  const skipped = new Set(['fromClause', 'usingClause', 'relation', 'larg', 'rarg']);
  for (const [name, value] of Object.entries(query)) if (!skipped.has(name)) visit(value, inner);
}

function readFrom(item: unknown, scope: Scope, context: Context, conditions: unknown[]): void {
  const node = item as Node | undefined;
  if (!node) return;
  if (node['RangeVar']) addTable(node['RangeVar'] as Node, scope, context);
  else if (node['JoinExpr']) {
    const join = node['JoinExpr'] as Node;
    const before = new Set(scope.tables.keys());
    readFrom(join['larg'], scope, context, conditions);
    const left = [...scope.tables.keys()].filter((alias) => !before.has(alias));
    readFrom(join['rarg'], scope, context, conditions);
    const right = [...scope.tables.keys()].filter((alias) => !before.has(alias) && !left.includes(alias));
    if (nameList(join['usingClause']).includes('tenant'))
      for (const one of left) for (const other of right) conditions.push({ same: [one, other] });
    conditions.push(join['quals']);
    visit(join['quals'], context);
  } else if (node['RangeSubselect']) {
    const subselect = node['RangeSubselect'] as Node;
    visit(subselect['subquery'], context);
    scope.tables.set(aliasOf(subselect) ?? '', { tenantTable: false, bound: true });
  } else {
    const [inner] = Object.values(node) as Node[];
    scope.tables.set(aliasOf(inner!) ?? '', { tenantTable: false, bound: false });
    visit(node, context);
  }
}

function addTable(table: Node, scope: Scope, context: Context): void {
  const name = table['relname'] as string;
  const isNamed = context.named.has(name);
  const tenantTable = !isNamed && context.tenantTables.has(name);
  scope.tables.set(aliasOf(table) ?? name, { tenantTable, bound: isNamed });
}

function checkInsert(insert: Node, context: Context): void {
  const name = (insert['relation'] as Node)['relname'] as string;
  if (!context.tenantTables.has(name)) return;
  const at = nameList(insert['cols']).indexOf('tenant');
  if (at < 0) {
    context.problems.push(`a row is inserted into ${name} without its tenant`);
    return;
  }
  const source = ((insert['selectStmt'] as Node | undefined)?.['SelectStmt'] ?? {}) as Node;
  const lists = (source['valuesLists'] ?? []) as { List: { items: unknown[] } }[];
  const targets = ((source['targetList'] ?? []) as { ResTarget: Node }[]).map(
    (target) => target.ResTarget['val'],
  );
  const values = lists.length > 0 ? lists.map((list) => list.List.items[at]) : [targets[at]];
  for (const value of values)
    if (!isParameter(value) && tenantColumn(value) === null)
      context.problems.push(`a row is inserted into ${name} whose tenant is not a parameter`);
}

/** Marks as bound what is equated with a parameter or with something bound, until nothing changes. */
function bind(scope: Scope, outer: readonly Scope[], conditions: unknown[]): void {
  const find = (alias: string) => {
    // An unqualified `tenant` can only mean the one table there is.
    if (alias === '') return scope.tables.size === 1 ? [...scope.tables.values()][0] : undefined;
    return [scope, ...outer.toReversed()].map((one) => one.tables.get(alias)).find(Boolean);
  };
  const pairs = conditions.flatMap(equalities);
  for (let changed = true; changed;) {
    changed = false;
    for (const [left, right] of pairs) {
      for (const [one, other] of [
        [left, right],
        [right, left],
      ]) {
        const column = tenantColumn(one);
        const table = column === null ? undefined : find(column);
        if (!table || table.bound) continue;
        const against = tenantColumn(other);
        if (!isParameter(other) && !(against !== null && find(against)?.bound)) continue;
        table.bound = true;
        changed = true;
      }
    }
  }
}

function conjuncts(condition: unknown): unknown[] {
  const bool = (condition as Node | undefined)?.['BoolExpr'] as Node | undefined;
  if (bool?.['boolop'] === 'AND_EXPR') return (bool['args'] as unknown[]).flatMap(conjuncts);
  return condition ? [condition] : [];
}

/** The pairs that the condition says are equal: `a = b`, `(a, b) = (c, d)`, `using (tenant)`. */
function equalities(condition: unknown): [unknown, unknown][] {
  const same = (condition as { same?: [string, string] }).same;
  if (same) return [[columnNode(same[0]), columnNode(same[1])]];
  const expression = (condition as Node)['A_Expr'] as Node | undefined;
  if (expression?.['kind'] !== 'AEXPR_OP' || nameList(expression['name'])[0] !== '=') return [];
  const row = (side: unknown) =>
    ((side as Node)['RowExpr'] as Node | undefined)?.['args'] as unknown[] | undefined;
  const [left, right] = [row(expression['lexpr']), row(expression['rexpr'])];
  if (left && right) return left.map((item, index) => [item, right[index]]);
  return [[expression['lexpr'], expression['rexpr']]];
}

/** The alias before `.tenant`, '' when there is none, null when the expression is something else. */
function tenantColumn(expression: unknown): string | null {
  const column = (expression as Node | undefined)?.['ColumnRef'] as Node | undefined;
  const names = nameList(column?.['fields']);
  if (names.at(-1) !== 'tenant') return null;
  return names.at(-2) ?? '';
}

function isParameter(expression: unknown): boolean {
  const node = (expression ?? {}) as Node;
  if (node['TypeCast']) return isParameter((node['TypeCast'] as Node)['arg']);
  return node['ParamRef'] !== undefined;
}

function columnNode(alias: string): Node {
  return { ColumnRef: { fields: [alias, 'tenant'].map((sval) => ({ String: { sval } })) } };
}

function aliasOf(node: Node): string | undefined {
  return (node['alias'] as Node | undefined)?.['aliasname'] as string | undefined;
}

function nameList(list: unknown): string[] {
  return ((list ?? []) as Node[]).map((item) => {
    const text =
      (item['String'] as Node | undefined)?.['sval'] ?? (item['ResTarget'] as Node | undefined)?.['name'];
    return (text ?? '') as string;
  });
}
