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
