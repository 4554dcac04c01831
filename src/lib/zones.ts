/** Zones by IANA's current names. Engines report old ones (CLDR never renames: Calcutta, Kiev), so names are translated. */
import { kept } from './kept';

/** Old names that engines still give for places in IANA's zone.tab (`backward` has them as links). */
const RENAMED: Record<string, string> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};
const FORMER = Object.fromEntries(Object.entries(RENAMED).map(([former, today]) => [today, former]));

/** Null if this engine does not know the zone. People can send any name. */
const engineName = kept((zone): string | null => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}, 1_000);

/** A zone's current name, whatever its case or age. */
export function today(zone: string | null | undefined): string | null {
  // An offset such as +09:00 has no daylight saving time.
  if (!zone || zone.length > 64 || !/^[A-Z]/i.test(zone)) return null;
  const usable = forEngine(zone);
  if (!usable) return null;
  const name = engineName(usable)!;
  return RENAMED[name] ?? name;
}

/** The name that this engine knows: current or former. */
function forEngine(zone: string): string | null {
  return [zone, FORMER[zone]].find((name) => name !== undefined && engineName(name) !== null) ?? null;
}

/** For Intl: UTC if this engine does not know the zone. */
export const usable = (zone: string | null | undefined): string => (zone ? forEngine(zone) : null) ?? 'UTC';

/** By city. */
export const all = (): string[] =>
  [...new Set([...Intl.supportedValuesOf('timeZone').map((zone) => RENAMED[zone] ?? zone), 'UTC'])].sort(
    (a, b) => (cityOf(a) < cityOf(b) ? -1 : 1),
  );

/** "Buenos Aires" of America/Argentina/Buenos_Aires. */
export const cityOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');

/** Empty for UTC. */
export const regionOf = (zone: string): string =>
  zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : '';

const parts = kept(
  (zone) =>
    new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      ...{
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      },
    }),
  100,
);

/** How far the zone's clocks are ahead of UTC. */
function aheadAt(zone: string, at: number): number {
  const of = Object.fromEntries(
    parts(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return (
    Date.UTC(of.year!, of.month! - 1, of.day, of.hour, of.minute, of.second) - Math.floor(at / 1_000) * 1_000
  );
}

/** When a day begins in a zone. @param date "2026-11-28" @returns null if there is no such day */
export function startOfDay(date: string, zone: string | null, days = 0): number | null {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(date) ?? [];
  const utc = Date.UTC(Number(year), Number(month) - 1, Number(day) + days);
  if (Number.isNaN(utc) || new Date(`${date}T00:00:00Z`).toString() === 'Invalid Date') return null;
  const name = usable(zone);
  const near = utc - aheadAt(name, utc);
  // Clocks may have changed between the two.
  return utc - aheadAt(name, near);
}

/** The day of a moment in a zone: "2026-11-28". */
export const dayOf = (zone: string | null, at: number): string =>
  new Date(at + aheadAt(usable(zone), at)).toISOString().slice(0, 10);

/** The last minute of a day in a zone. Null if there is no such day. */
export function endOfDay(date: string, zone: string | null): number | null {
  const next = startOfDay(date, zone, 1);
  return next === null ? null : next - 60_000;
}
