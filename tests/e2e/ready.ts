/** Tests start once every site is seeded and healthy. */
import { expect } from '@playwright/test';

export default async function ready(): Promise<void> {
  const sites = JSON.parse(process.env.FOYER_E2E_SITES ?? '[]') as { origin: string }[];
  for (const { origin } of sites)
    await expect
      .poll(
        () =>
          fetch(`${origin}/healthz`).then(
            (answer) => answer.status,
            () => 0,
          ),
        { timeout: 240_000 },
      )
      .toBe(200);
}
