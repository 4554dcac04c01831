/** Tells the site which time zone the browser is in: once, and again when it has moved. Pages without scripts cannot. */
import { today } from './zones';

/**
 * @param seen what the browser told before, of this person
 * @returns the zone by today's name when the site has just learned it, else null
 */
export async function tell(seen: string | null): Promise<string | null> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return null;
  const secure = location.protocol === 'https:';
  const cookie = `${secure ? '__Host-' : ''}foyer-zone=${encodeURIComponent(zone)}`;
  if (seen && document.cookie.split('; ').includes(cookie)) return null;
  // For pages that are rendered before somebody signs in again.
  document.cookie = `${cookie}; Path=/; Max-Age=31536000; SameSite=Lax${secure ? '; Secure' : ''}`;
  try {
    const answer = await fetch('/me?/zone', {
      method: 'POST',
      body: new URLSearchParams({ zone }),
      headers: { accept: 'application/json', 'x-sveltekit-action': 'true' },
    });
    await answer.text();
    return answer.ok ? today(zone) : null;
  } catch {
    return null;
  }
}
