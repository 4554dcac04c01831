import { MINUTE } from '../../time';
import type { Ctx } from '../context';
import { key, type ThrottleKey } from './counter';
import { countInWindow } from './window';

/** Within `FAILURE_WINDOW`. Counted before the comparison; `refund` undoes it on success. */
export const CLIENT_IP_FAILURES = 100;
export const FAILURE_WINDOW = 15 * MINUTE;

/** One client: an IPv4 address (also as ::ffff:192.0.2.7), or the /64 of an IPv6 address. */
export function clientIpGroup(ip: string): string {
  if (!ip.includes(':') || ip.includes('.')) return ip.slice(ip.lastIndexOf(':') + 1);
  const [head = '', tail] = ip.toLowerCase().split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

export const clientIpKey = (ctx: Ctx): ThrottleKey => key(ctx, 'ip', clientIpGroup(ctx.ip));

export const countClientIp = (ctx: Ctx) =>
  countInWindow(ctx, clientIpKey(ctx), CLIENT_IP_FAILURES, FAILURE_WINDOW);
