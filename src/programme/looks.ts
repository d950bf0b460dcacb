import type { Tx } from '../db/transact.ts';
import type { ProgrammeId } from '../shared/id.ts';
import type { Uplift, Verdict } from './evaluate-uplift.ts';
import type { Groups } from './measure-experiment.ts';

/** What one of the weekly looks at an experiment said. */
export type Look = {
  look: number;
  at: Date;
  verdict: Verdict;
  uplift: Uplift | null;
  groups: Groups;
};

/** Keeps a look; a look with this number that is there already stays. */
export async function keepLook(
  tx: Tx,
  programme: ProgrammeId,
  experiment: string,
  { look, at, ...document }: Look,
): Promise<void> {
  await tx.query(
    `insert into experiment_look (tenant, programme, experiment, look, at, document) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [tx.tenant, programme, experiment, look, at, JSON.stringify(document)],
  );
}

/** The looks at an experiment, in order. */
export async function looksAt(tx: Tx, programme: ProgrammeId, experiment: string): Promise<Look[]> {
  const rows = await tx.query<{ look: number; at: Date; document: Omit<Look, 'look' | 'at'> }>(
    `select l.look, l.at, l.document from experiment_look l
     where l.tenant = $1 and l.programme = $2 and l.experiment = $3 order by l.look`,
    [tx.tenant, programme, experiment],
  );
  return rows.map(({ document, ...row }) => ({ ...row, ...document }));
}
