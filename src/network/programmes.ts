import type { Tx } from '../db/transact.ts';
import { nameId, type ProgrammeId } from '../shared/id.ts';

/** What differs from programme to programme beyond its period; absent means no limit. */
export type ProgrammeSettings = {
  /** A receipt above this is asked about, in the currency's minor unit. */
  totalMinorMax?: number;
  /** How the shops print dates. */
  dateOrder?: 'dmy' | 'mdy' | 'ymd';
  /** How far it goes to take back what was earned wrongly (src/ledger/reverse.ts). Absent: `within-balance`. */
  clawback?: 'only-pending' | 'within-balance' | 'allow-debt' | 'offset-next-earnings';
  /**
   * By asset: what can be spent expires when nothing has moved on the account for this long, rounded up to the end of a
   * month, quarter or year if asked. It comes beside the date that a rule gives.
   */
  inactivity?: { [asset: string]: { after: string; endOf?: 'month' | 'quarter' | 'year' } };
  /** Units of a spend taken back whose last day has passed get so many days, or expire at once. Absent: 30 days. */
  expiredRefund?: 'expire' | { graceDays: number };
  /** People are told so many days ahead what will expire; 0: not at all. Absent: 14. */
  expiryNoticeDays?: number;
  /** Points that one may give to others in a day; 0: none. Absent: no limit. */
  giftUnitsPerDayMax?: number;
  /** By asset: a rule that can cost more units needs a second person to be launched. Absent: one person is enough. */
  launchAlone?: { [asset: string]: number };
  /**
   * Kinds of activities, by name, with what they tell besides people, place, money and goods. A programme that declares
   * any takes only these and the usual ones (src/activity/kinds.ts); one that declares none takes any name.
   */
  kinds?: { [kind: string]: KindOfActivity } | undefined;
};

export type AttributeType = 'string' | 'int' | 'double' | 'bool';

/** A sort of thing that happens, such as `shelf-photo`. */
export type KindOfActivity = {
  /** By language; English is there. */
  title?: { [language: string]: string } | undefined;
  attributes?: { [name: string]: AttributeType } | undefined;
};

/** A rule book's frame: dates are inclusive, in the programme's own time zone. */
export type NewProgramme = {
  code: string;
  name: string;
  /** ISO dates, `2017-05-01`. */
  startsOn: string;
  endsOn: string;
  /** IANA name, `Asia/Kuala_Lumpur`. */
  timeZone: string;
  /** ISO 4217. */
  currency: string;
  settings?: ProgrammeSettings;
};

export type Programme = Required<NewProgramme> & { id: ProgrammeId };

const columns = `id, code, name, starts_on as "startsOn", ends_on as "endsOn", time_zone as "timeZone", currency, settings`;

/** Adds the programmes whose code is new and leaves the others as they are. */
export async function addProgrammes(tx: Tx, programmes: readonly NewProgramme[]): Promise<void> {
  const rows = programmes.map((programme) => ({
    settings: {},
    ...programme,
    id: programmeIdOf(tx, programme.code),
  }));
  await tx.query(
    `insert into programme (tenant, id, code, name, starts_on, ends_on, time_zone, currency, settings)
     select $1, r.id, r.code, r.name, r."startsOn", r."endsOn", r."timeZone", r.currency, r.settings
     from jsonb_to_recordset($2::jsonb) as r (id uuid, code text, name text, "startsOn" date, "endsOn" date,
       "timeZone" text, currency text, settings jsonb)
     on conflict (tenant, code) do nothing`,
    [tx.tenant, JSON.stringify(rows)],
  );
}

/** Changes name, dates and settings of a programme; its time zone and currency stay, for books were kept in them. */
export async function changeProgramme(
  tx: Tx,
  id: ProgrammeId,
  { name, startsOn, endsOn, settings = {} }: NewProgramme,
): Promise<void> {
  await tx.query(
    'update programme set name = $3, starts_on = $4, ends_on = $5, settings = $6 where tenant = $1 and id = $2',
    [tx.tenant, id, name, startsOn, endsOn, JSON.stringify(settings)],
  );
}

export async function programmeByCode(tx: Tx, code: string): Promise<Programme | null> {
  const rows = await tx.query<Programme>(`select ${columns} from programme where tenant = $1 and code = $2`, [
    tx.tenant,
    code,
  ]);
  return rows[0] ?? null;
}

/** The programme, which nobody else changes until this transaction is over. */
export async function programmeForChange(tx: Tx, id: ProgrammeId): Promise<Programme> {
  const rows = await tx.query<Programme>(
    `select ${columns} from programme where tenant = $1 and id = $2 for no key update`,
    [tx.tenant, id],
  );
  return rows[0]!;
}

export async function programmeById(tx: Tx, id: ProgrammeId): Promise<Programme | null> {
  const rows = await tx.query<Programme>(`select ${columns} from programme where tenant = $1 and id = $2`, [
    tx.tenant,
    id,
  ]);
  return rows[0] ?? null;
}

/** Every programme of the tenant, in order of code. */
export async function listProgrammes(tx: Tx): Promise<Programme[]> {
  return tx.query<Programme>(`select ${columns} from programme where tenant = $1 order by code collate "C"`, [
    tx.tenant,
  ]);
}

/** The id that a programme's code gives, whether or not the programme is there. */
export function programmeIdOf(tx: Pick<Tx, 'tenant'>, code: string): ProgrammeId {
  return nameId(tx.tenant, 'programme', code);
}
