import programmeDocument from './programme/programme.json' with { type: 'json' };
import type { NewArea } from '../src/network/areas.ts';
import type { NewOutlet } from '../src/network/outlets.ts';
import type { NewParticipant } from '../src/network/participants.ts';
import type { NewPartner } from '../src/network/partners.ts';
import type { NewProgramme } from '../src/network/programmes.ts';
import type { NewStaff } from '../src/network/staff.ts';
import { nameId, type TenantId } from '../src/shared/id.ts';

/*
 * The demo world: a principal, its programme in Malaysia, and the people in it. People, companies and their relations
 * are invented; the names and addresses of shops are those printed on the public receipts in receipts/ (README.md).
 */

export const nusa = { tenant: nameId<TenantId>('tenant', 'nusa'), code: 'nusa', name: 'Nusa Foods & Home' };
/** A second principal, so that everybody can see that nothing of the first is visible to it. */
export const other = { tenant: nameId<TenantId>('tenant', 'other'), code: 'other', name: 'Other Brand' };

const { format: _format, assets: _assets, ...frame } = programmeDocument;
export const programme = frame as NewProgramme;

export const areas: NewArea[] = [
  { code: 'my', name: 'Malaysia', parent: null },
  { code: 'my-selangor', name: 'Selangor', parent: 'my' },
  { code: 'my-shah-alam', name: 'Shah Alam', parent: 'my-selangor' },
  { code: 'my-petaling-jaya', name: 'Petaling Jaya', parent: 'my-selangor' },
  { code: 'my-seri-kembangan', name: 'Seri Kembangan', parent: 'my-selangor' },
  { code: 'my-batang-kali', name: 'Batang Kali', parent: 'my-selangor' },
  { code: 'my-rawang', name: 'Rawang', parent: 'my-selangor' },
  { code: 'my-kuala-lumpur', name: 'Kuala Lumpur', parent: 'my' },
  { code: 'my-kepong', name: 'Kepong', parent: 'my-kuala-lumpur' },
  { code: 'my-segambut', name: 'Segambut', parent: 'my-kuala-lumpur' },
  { code: 'my-johor', name: 'Johor', parent: 'my' },
  { code: 'my-permas-jaya', name: 'Permas Jaya', parent: 'my-johor' },
  { code: 'my-penang', name: 'Penang', parent: 'my' },
  { code: 'my-george-town', name: 'George Town', parent: 'my-penang' },
];

export const partners: NewPartner[] = [
  { code: 'distributor-timur', kind: 'distributor', name: 'Distributor Timur' },
  { code: 'distributor-utara', kind: 'distributor', name: 'Distributor Utara' },
  { code: 'toko-maju', kind: 'retailer', name: 'Toko Maju' },
  { code: 'kedai-jinjang', kind: 'retailer', name: 'Kedai Jinjang' },
  { code: 'subang-jasa', kind: 'wholesaler', name: 'Subang Jasa Traders' },
  { code: 'permas-mart', kind: 'retailer', name: 'Permas Mart' },
  { code: 'serdang-home', kind: 'retailer', name: 'Serdang Home' },
  { code: 'pulau-sweets', kind: 'retailer', name: 'Pulau Sweets' },
  { code: 'rawang-care', kind: 'retailer', name: 'Rawang Care' },
  { code: 'walk-in', kind: 'retailer', name: 'Walk-in shops' },
];

// Places are those of the neighbourhood, about a kilometre exact.
export const outlets: NewOutlet[] = [
  {
    code: 'toko-maju',
    name: 'Toko Maju',
    address: '12, Jalan Plumbum P7/P, Seksyen 7, 40000 Shah Alam, Selangor',
    partner: 'toko-maju',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    latitude: 3.073,
    longitude: 101.491,
  },
  {
    code: 'subang-bestari',
    name: '99 Speed Mart 1313-Subang Bestari',
    address: 'Lot P.T. 2811, Jalan Angsa, Taman Berkeley, 41150 Klang, Selangor, 1313-Subang Bestari',
    partner: 'toko-maju',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    channel: 'minimarket',
    latitude: 3.166,
    longitude: 101.547,
  },
  {
    code: 'subang-perdana',
    name: '99 Speed Mart 1032-Subang Perdana',
    address: 'Lot P.T. 2811, Jalan Angsa, Taman Berkeley, 41150 Klang, Selangor, 1032-Subang Perdana',
    partner: 'toko-maju',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    channel: 'minimarket',
    latitude: 3.149,
    longitude: 101.541,
  },
  {
    code: 'pj-ss6',
    name: '99 Speed Mart 1132-PJ SS6',
    address: 'Lot P.T. 2811, Jalan Angsa, Taman Berkeley, 41150 Klang, Selangor, 1132-PJ SS6',
    partner: 'toko-maju',
    distributor: 'distributor-timur',
    area: 'my-petaling-jaya',
    channel: 'minimarket',
    latitude: 3.105,
    longitude: 101.597,
  },
  {
    code: 'jinjang-utara',
    name: '99 Speed Mart 1214-Jinjang Utara',
    address: 'Lot P.T. 2811, Jalan Angsa, Taman Berkeley, 41150 Klang, Selangor, 1214-Jinjang Utara',
    partner: 'kedai-jinjang',
    distributor: 'distributor-utara',
    area: 'my-kepong',
    channel: 'minimarket',
    latitude: 3.222,
    longitude: 101.655,
  },
  {
    code: 'sri-sinar',
    name: '99 Speed Mart 1181-Tmn Sri Sinar',
    address: 'Lot P.T. 33198, Batu 4, Jalan Kapar, Mukim Kapar, 42100 Klang, Selangor, 1181-Tmn Sri Sinar',
    partner: 'kedai-jinjang',
    distributor: 'distributor-utara',
    area: 'my-segambut',
    channel: 'minimarket',
    latitude: 3.19,
    longitude: 101.652,
  },
  {
    code: 'billion-six',
    name: 'Billion Six Enterprise',
    address: 'No 3, Jalan Taman Jasa 2, Section U6, 40150 Shah Alam',
    partner: 'toko-maju',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    latitude: 3.151,
    longitude: 101.536,
  },
  {
    code: 'slf',
    name: 'SLF Cash & Carry',
    address: 'No. 15, Jln TSJ2, Tmn Subang Jasa, Off Jln Bt 3 Subang, 40000 Shah Alam, Sel.',
    partner: 'subang-jasa',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    channel: 'wholesale',
    latitude: 3.147,
    longitude: 101.533,
  },
  {
    code: 'yong-cen',
    name: 'Yong Cen Enterprise',
    address: '9, Jalan Subang Jasa 3, 40150 Shah Alam, Selangor',
    partner: 'subang-jasa',
    distributor: 'distributor-timur',
    area: 'my-shah-alam',
    latitude: 3.148,
    longitude: 101.534,
  },
  {
    code: 'ligamas',
    name: 'Farmasi Ligamas',
    address: 'No. 47, Jalan Meranti 1A, Bandar Baru Utama, 44300 Batang Kali, Selangor',
    partner: 'subang-jasa',
    distributor: 'distributor-utara',
    area: 'my-batang-kali',
    channel: 'pharmacy',
    latitude: 3.443,
    longitude: 101.641,
  },
  {
    code: 'jin-seng',
    name: 'Pasar Mini Jin Seng',
    address: '379, Jalan Permas Satu, Bandar Baru Permas Jaya, 81750 Plentong, Johor',
    partner: 'permas-mart',
    distributor: 'distributor-timur',
    area: 'my-permas-jaya',
    channel: 'minimarket',
    latitude: 1.499,
    longitude: 103.814,
  },
  {
    code: 'fy-eagle',
    name: 'FY Eagle Enterprise',
    address: 'No. 42, Jalan PBS 14/11, Taman Perindustrian Bukit Serdang, 43300 Seri Kembangan, Selangor',
    partner: 'serdang-home',
    distributor: 'distributor-timur',
    area: 'my-seri-kembangan',
    latitude: 3.022,
    longitude: 101.715,
  },
  {
    code: 'ghee-hiang',
    name: 'GH Distributor & Marketing Sdn Bhd',
    address: '216, Macalister Road, 10400 Penang',
    partner: 'pulau-sweets',
    distributor: 'distributor-utara',
    area: 'my-george-town',
    latitude: 5.415,
    longitude: 100.321,
  },
  {
    code: 'guardian-rawang',
    name: 'Guardian Health And Beauty Sdn Bhd',
    address: 'Bandar Baru Rawang, No 15 Jalan Bandar Rawang 10, Bandar Baru Rawang',
    partner: 'rawang-care',
    distributor: 'distributor-utara',
    area: 'my-rawang',
    channel: 'pharmacy',
    latitude: 3.319,
    longitude: 101.585,
  },
  {
    code: 'open',
    name: 'Open outlet',
    address: '',
    partner: 'walk-in',
    distributor: null,
    area: 'my',
    isOpen: true,
  },
];

export const participants: NewParticipant[] = [
  {
    code: 'sari',
    kind: 'seller',
    name: 'Sari',
    phone: '+601100000001',
    language: 'id',
    partner: 'toko-maju',
    outlets: ['toko-maju', 'subang-bestari'],
    tier: 'silver',
  },
  {
    code: 'budi',
    kind: 'owner',
    name: 'Budi',
    phone: '+601100000002',
    language: 'id',
    partner: 'toko-maju',
    outlets: ['toko-maju', 'subang-bestari', 'subang-perdana', 'pj-ss6', 'billion-six'],
    tier: 'bronze',
  },
  {
    code: 'asha',
    kind: 'seller',
    name: 'Asha',
    phone: '+601100000003',
    language: 'hi',
    partner: 'kedai-jinjang',
    outlets: ['jinjang-utara', 'sri-sinar'],
    tier: 'gold',
  },
  {
    code: 'olena',
    kind: 'seller',
    name: 'Olena',
    phone: '+601100000004',
    language: 'uk',
    partner: 'subang-jasa',
    outlets: ['slf', 'yong-cen', 'ligamas'],
    tier: 'bronze',
  },
  {
    code: 'ivan',
    kind: 'seller',
    name: 'Ivan',
    phone: '+601100000005',
    language: 'ru',
    partner: 'permas-mart',
    outlets: ['jin-seng'],
    tier: 'bronze',
  },
  {
    code: 'zofia',
    kind: 'seller',
    name: 'Zofia',
    phone: '+601100000006',
    language: 'pl',
    partner: 'serdang-home',
    outlets: ['fy-eagle'],
    tier: 'silver',
  },
  {
    code: 'grace',
    kind: 'seller',
    name: 'Grace',
    phone: '+601100000007',
    language: 'en',
    partner: 'pulau-sweets',
    outlets: ['ghee-hiang'],
    tier: 'bronze',
  },
  // For receipts of one's own: the open outlet takes papers of any shop.
  {
    code: 'mira',
    kind: 'seller',
    name: 'Mira',
    phone: '+601100000008',
    language: 'en',
    partner: 'walk-in',
    outlets: ['open'],
    tier: 'bronze',
  },
];

export const staff: NewStaff[] = [
  { code: 'rina', name: 'Rina', email: 'rina@nusa.example', role: 'manager', language: 'en' },
  { code: 'dewi', name: 'Dewi', email: 'dewi@nusa.example', role: 'reviewer', language: 'id' },
  { code: 'karim', name: 'Karim', email: 'karim@nusa.example', role: 'controller', language: 'en' },
];

/** What the shops have on their shelves on the first day: so many pieces of every product of these categories. */
export const openingStock: { outlet: string; categories: string[]; pieces: number }[] = [
  { outlet: 'toko-maju', categories: ['beverages', 'snacks', 'cooking', 'household'], pieces: 24 },
  {
    outlet: 'subang-bestari',
    categories: ['beverages', 'bread', 'snacks', 'cooking', 'household'],
    pieces: 48,
  },
  {
    outlet: 'subang-perdana',
    categories: ['beverages', 'bread', 'snacks', 'cooking', 'household'],
    pieces: 48,
  },
  { outlet: 'pj-ss6', categories: ['beverages', 'canned', 'cooking'], pieces: 48 },
  {
    outlet: 'jinjang-utara',
    categories: ['beverages', 'snacks', 'cooking', 'household', 'care'],
    pieces: 60,
  },
  { outlet: 'sri-sinar', categories: ['beverages', 'snacks', 'cooking'], pieces: 48 },
  { outlet: 'slf', categories: ['cooking', 'canned'], pieces: 240 },
  { outlet: 'billion-six', categories: ['household', 'batteries'], pieces: 24 },
  { outlet: 'yong-cen', categories: ['canned', 'cooking', 'snacks'], pieces: 240 },
  { outlet: 'ligamas', categories: ['care'], pieces: 40 },
  { outlet: 'jin-seng', categories: ['fresh', 'cooking'], pieces: 36 },
  { outlet: 'fy-eagle', categories: ['household', 'batteries'], pieces: 24 },
  { outlet: 'ghee-hiang', categories: ['bakery'], pieces: 80 },
  { outlet: 'guardian-rawang', categories: ['care', 'beverages'], pieces: 24 },
];

/** The other principal's world: one person in one shop. */
export const otherWorld = {
  programme: { ...programme, code: 'other-rewards', name: 'Other Rewards' } satisfies NewProgramme,
  areas: [{ code: 'my', name: 'Malaysia', parent: null }] satisfies NewArea[],
  partners: [{ code: 'other-shop', kind: 'retailer', name: 'Other Shop' }] satisfies NewPartner[],
  outlets: [
    {
      code: 'other-shop',
      name: 'Other Shop',
      address: '1, Jalan Lain, 50000 Kuala Lumpur',
      partner: 'other-shop',
      distributor: null,
      area: 'my',
    },
  ] satisfies NewOutlet[],
  participants: [
    {
      code: 'omar',
      kind: 'seller',
      name: 'Omar',
      phone: '+601100000099',
      language: 'en',
      partner: 'other-shop',
      outlets: ['other-shop'],
    },
  ] satisfies NewParticipant[],
  staff: [
    { code: 'olga', name: 'Olga', email: 'olga@other.example', role: 'manager', language: 'en' },
  ] satisfies NewStaff[],
};
