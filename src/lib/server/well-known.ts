/** What programs look for on every site: browsers, password managers, security researchers. The same for everybody. */
import { DAY } from '../time';
import { locales } from '../messages';
import type { Ctx } from './context';
import { Refusal } from './errors';
import * as settings from './settings';

const kept = (seconds: number) => ({ 'cache-control': `public, max-age=${seconds}` });

/** RFC 9116. Without a contact it would be invalid, so then there is none. */
export function securityText({ config, now }: Ctx): Response {
  if (!config.securityContact) throw new Refusal('missing');
  const lines = [
    `Contact: ${config.securityContact}`,
    `Expires: ${new Date(now + 180 * DAY).toISOString()}`,
    `Preferred-Languages: ${locales.join(', ')}`,
    `Canonical: ${config.origin}/.well-known/security.txt`,
  ];
  return new Response(`${lines.join('\n')}\n`, {
    headers: { 'content-type': 'text/plain; charset=utf-8', ...kept(DAY / 1_000) },
  });
}

/** https://www.w3.org/TR/change-password-url/ */
export const changePassword = (): Response =>
  new Response(null, { status: 302, headers: { location: '/me#password' } });

export async function manifest(ctx: Ctx): Promise<Response> {
  const { siteName } = await settings.appearance(ctx);
  const icon = (name: string, size: number, purpose: 'any' | 'maskable') => ({
    src: `/${name}.png`,
    sizes: `${size}x${size}`,
    type: 'image/png',
    purpose,
  });
  return new Response(
    JSON.stringify({
      name: siteName,
      short_name: siteName,
      id: '/',
      start_url: '/',
      display: 'minimal-ui',
      background_color: '#fbf9f6',
      theme_color: '#fbf9f6',
      icons: [
        icon('icon-192', 192, 'any'),
        icon('icon-512', 512, 'any'),
        icon('icon-maskable', 512, 'maskable'),
      ],
    }),
    { headers: { 'content-type': 'application/manifest+json', ...kept(3_600) } },
  );
}
