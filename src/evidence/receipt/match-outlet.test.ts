import { expect, test } from 'vitest';

import type { OutletId } from '../../shared/id.ts';
import { matchOutlet, type OutletCandidate } from './match-outlet.ts';
import type { Field, Reading } from './reading.ts';

function outlet(name: string, address = '', isOpen = false): OutletCandidate {
  return { id: name as OutletId, name, address, isOpen };
}

function field<T>(value: T): Field<T> {
  return { value, confidence: 1, text: String(value), quad: null };
}

function paper(merchant: string | null, address: string | null = null): Reading {
  const lines = [merchant, address].flatMap((text) =>
    text ? [{ text, quad: [0, 0, 1, 0, 1, 1, 0, 1] as Reading['lines'][0]['quad'], confidence: 1 }] : [],
  );
  return {
    engine: 'test',
    turn: 0,
    width: 1,
    height: 1,
    lines,
    merchant: merchant === null ? null : field(merchant),
    address: address === null ? null : field(address),
    date: null,
    time: null,
    number: null,
    currency: null,
    subtotalMinor: null,
    taxMinor: null,
    totalMinor: null,
    items: [],
    arithmetic: [],
    confidence: 1,
  };
}

const bestari = outlet('99 Speed Mart 1313-Subang Bestari', '1313-Subang Bestari, 41150 Klang');
const perdana = outlet('99 Speed Mart 1032-Subang Perdana', '1032-Subang Perdana, 41150 Klang');
const guardian = outlet('Guardian Health And Beauty Sdn Bhd', 'Bandar Baru Rawang');
const open = outlet('Open outlet', '', true);
const found = (
  reading: Reading,
  own: OutletCandidate[],
  others: OutletCandidate[] = [],
  chosen: OutletCandidate | null = null,
) => {
  const match = matchOutlet(reading, { own, others, chosen: chosen?.id ?? null });
  return match && [match.outlet, match.how];
};

test('the sender’s own shop comes first, also when its name is read with wrong letters', () => {
  expect(found(paper('99 SPEFD MART S/B 1313-5UBANG BESTARI'), [bestari], [perdana])).toEqual([
    bestari.id,
    'sender',
  ]);
});

test('of two shops of one chain the address decides', () => {
  expect(found(paper('99 SPEED MART', '1032-SUBANG PERDANA 41150 KLANG'), [bestari, perdana])).toEqual([
    perdana.id,
    'sender',
  ]);
});

test('a paper of a shop that the sender does not work for is known as that shop’s', () => {
  expect(
    found(paper('GUARDIAN HEALTH AND BEAUTY SDN BHD', 'BANDAR BARU RAWANG'), [bestari], [guardian]),
  ).toEqual([guardian.id, 'printed']);
});

test('a paper of a shop nobody knows has no outlet', () => {
  expect(found(paper('RESTORAN HASSANBISTRO'), [bestari], [guardian])).toBeNull();
});

test('whoever sends for the open outlet sends papers of any shop', () => {
  expect(found(paper('RESTORAN HASSANBISTRO'), [open], [guardian])).toEqual([open.id, 'open']);
});

test('a shop that the sender chose counts only if the paper is not another’s', () => {
  expect(found(paper('99 SPEED MART 1313-SUBANG BESTARI'), [bestari, perdana], [], bestari)).toEqual([
    bestari.id,
    'chosen',
  ]);
  expect(found(paper('RESTORAN HASSANBISTRO'), [bestari], [], bestari)).toBeNull();
});

test('where no shop could be read, the chosen one is believed', () => {
  expect(found(paper(null), [bestari, perdana], [], perdana)).toEqual([perdana.id, 'chosen']);
});
