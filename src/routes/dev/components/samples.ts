import type { AttachedFile } from '$lib/discussion';
import { TABLE_BOX } from '$lib/prose';

/** Samples for the components: short and long, in scripts of both directions. Not words of the site. */

export const hour = 3_600_000;

export const people = [
  { id: 'ava', name: 'Ava Lind', guest: false, company: '', email: 'ava@foyer.example', administrator: true },
  {
    id: 'gil',
    name: 'Gil Ferreira',
    guest: true,
    company: 'Partner Ltd',
    email: 'gil@partner.example',
    administrator: false,
  },
  {
    id: 'taro',
    name: '田中太郎',
    guest: true,
    company: '株式会社みなと橋梁設計',
    email: 'taro@minato.example',
    administrator: false,
  },
  {
    id: 'layla',
    name: 'ليلى حداد',
    guest: true,
    company: 'شركة الميناء للهندسة',
    email: 'layla@mina.example',
    administrator: false,
  },
  {
    id: 'long',
    name: 'Wolfeschlegelsteinhausenbergerdorff-Vandermeulen-Oyelaran',
    guest: true,
    company: 'Gesellschaft für Grundstücksverkehrsgenehmigungszuständigkeiten mbH & Co. KG',
    email: 'a.very.long.address.that.does.not.end@an-even-longer-domain.partner.example',
    administrator: false,
  },
];

const nobody = { guestCount: 0, guestCompanies: [], moreCompanies: 0, awaitsGuests: false };
export const audiences = {
  company: nobody,
  invited: { ...nobody, awaitsGuests: true },
  alone: { ...nobody, guestCount: 1 },
  unnamed: { ...nobody, guestCount: 3 },
  many: {
    ...nobody,
    guestCount: 40,
    guestCompanies: people.slice(1).map(({ company: name }) => ({ name, count: 1 })),
    moreCompanies: 7,
  },
};

export const texts = {
  short: 'Weekly minutes',
  long: 'Everything that has to be said about the handrails on the north side of pier 3, and a word that does not break: Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft',
  japanese: '第三橋脚の北側の手すりについて、打ち合わせまでに図面を確認してください。',
  arabic: 'يرجى مراجعة الرسومات قبل الاجتماع القادم حول الدرابزين على الجانب الشمالي.',
};

export const longAddress =
  'maximiliana.von-hohenzollern.structural-engineering@consultants.northwind-handrails.example';

/** As the renderer makes them: one open, one done. */
export const tasks = [
  ['', texts.long],
  [' checked=""', texts.japanese],
]
  .map(
    ([done, words]) =>
      `<li class="task"><label><input type="checkbox" disabled=""${done}> ${words}</label></li>`,
  )
  .join('');
export const prose = [
  '<h3>Site visit</h3><p>On <strong>3 December</strong>, <bdi class="mention">@Ava Lind</bdi> and',
  ' <bdi class="mention guest me">@Gil Ferreira</bdi> meet at <code>gate B</code>.</p>',
  '<ul><li>Boots</li><li class="task"><label><input type="checkbox" disabled checked> A badge</label></li></ul>',
  '<blockquote><p>The north quay stays closed.</p></blockquote>',
  `<p>${texts.japanese}</p><p>${texts.arabic}</p>`,
  `${TABLE_BOX}<table><tr><th>Pier</th><th>Responsible</th><th>Remarks</th></tr><tr><td>3, north</td>`,
  `<td>Northwind Handrails</td><td>${texts.long}</td></tr></table></div>`,
  `<pre tabindex="0"><code>piles = [${'1200, '.repeat(40)}]</code></pre>`,
].join('');

export const files: AttachedFile[] = [
  {
    id: 'plan',
    name: 'Handrail, sheet 12.pdf',
    type: 'application/pdf',
    category: 'pdf',
    size: 1_482_000,
    thumb: false,
    version: 1,
  },
  {
    id: 'ja',
    name: '第三橋脚 図面 改訂D.dwg',
    type: '',
    category: 'other',
    size: 48_200_000,
    thumb: false,
    version: 3,
  },
  {
    id: 'long',
    name: `${'a-name-without-a-blank-'.repeat(5)}end.xlsx`,
    type: '',
    category: 'document',
    size: 512,
    thumb: false,
    version: 12,
  },
];

export const uploads = [
  { key: 1, name: 'Waiting.pdf', size: 90_000, state: 'waiting', percent: 0, again: false },
  { key: 2, name: 'On its way.pdf', size: 900_000, state: 'sending', percent: 40, again: false },
  { key: 3, name: texts.japanese, size: 900_000, state: 'done', percent: 100, again: false },
  {
    key: 4,
    name: 'Broken off.zip',
    size: 90,
    state: 'failed',
    percent: 0,
    again: true,
    why: { key: 'file.broken-off' },
  },
  {
    key: 5,
    name: texts.long,
    size: 0,
    state: 'failed',
    percent: 0,
    again: false,
    why: { key: 'file.empty' },
  },
  {
    key: 6,
    name: 'Flight over the site.mp4',
    size: 900_000_000,
    large: true,
    state: 'sending',
    percent: 40,
    again: false,
  },
  {
    key: 7,
    name: 'Without a network.mp4',
    size: 900_000_000,
    large: true,
    stalled: true,
    state: 'sending',
    percent: 40,
    again: false,
  },
  { key: 8, name: texts.arabic, size: 900_000_000, large: true, state: 'paused', percent: 40, again: false },
] as const;

/** A refused form with two errors. */
export const refused = {
  values: { title: 'x', body: texts.arabic, everybody: 'on', code: '12' },
  errors: { title: { key: 'form.name-missing' }, code: { key: 'verify.wrong', params: { left: 2 } } },
} as const;
