/** From where people may use the site: one rule for the login and for each request of a session. */
import { contains, readNetwork } from '../networks';
import type { Actor } from './context';
import { Refusal } from './errors';
import type { Settings } from './schema';

type Person = Pick<Actor, 'kind' | 'administrator'>;
type Networks = Pick<Settings, `${'administrator' | 'user' | 'guest'}Networks`>;
export type NetworksField = keyof Networks;

export const NETWORK_FIELDS = ['administratorNetworks', 'userNetworks', 'guestNetworks'] as const;
/** Of one list. Each request compares with all of them. */
const MOST = 100;
/** Of the lines that can't be read, as many are named. */
const NAMED = 5;
const SHOWN = 60;

const fieldOf = ({ kind, administrator }: Person): NetworksField =>
  kind === 'guest' ? 'guestNetworks' : administrator ? 'administratorNetworks' : 'userNetworks';

export const isAllowed = (site: Networks, person: Person, ip: string): boolean => {
  const list = site[fieldOf(person)];
  return list.length === 0 || list.some((network) => contains(network, ip));
};

/** @throws Refusal that says from where they come */
export function refuseOutside(site: Networks, person: Person, ip: string): void {
  if (!isAllowed(site, person, ip)) throw new Refusal('forbidden', { key: 'login.outside', params: { ip } });
}

/** One a line. @throws Refusal that names the lines which are neither an address nor a range */
export function networksOf(typed: string, field: NetworksField): string[] {
  const lines = typed.split('\n').map((line, i) => ({ number: i + 1, text: line.trim() }));
  const read = lines.filter(({ text }) => text).map((line) => ({ ...line, network: readNetwork(line.text) }));
  const wrong = read.filter(({ network }) => network === null);
  if (wrong.length)
    throw new Refusal('invalid', {
      key: 'security.networks-wrong',
      params: {
        lines: wrong
          .slice(0, NAMED)
          .map(({ number, text }) => `${number} (${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text})`)
          .concat(wrong.length > NAMED ? '…' : [])
          .join('; '),
      },
      field,
    });
  const networks = [...new Set(read.map(({ network }) => network!))];
  if (networks.length > MOST)
    throw new Refusal('invalid', { key: 'security.networks-many', params: { max: MOST }, field });
  return networks;
}

/** Nobody locks themselves out. */
export function refuseOwnEnd(site: Networks, person: Person, ip: string): void {
  if (!isAllowed(site, person, ip))
    throw new Refusal('conflict', {
      key: 'security.networks-own',
      params: { ip: ip || '–' },
      field: fieldOf(person),
    });
}
