import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { as } from '../../../../tests/contexts';
import { makeGuest, makeUser } from '../../../../tests/factories';
import { asGuest } from '../access';
import { user } from '../schema';
import type { SignedIn } from '.';
import { compiled } from './compiled';

describe('a compiled read', () => {
  it('gives each of its askers their own rows, with values that cannot shape the SQL', async () => {
    const [ava, mia] = [await makeUser({ name: "Ava' or 1=1 --" }), await makeGuest({ name: 'Mia' })];
    let built = 0;
    const reads = compiled((ctx, { name }: { name: string }, { also }: { also: boolean }) => {
      built++;
      return {
        own: ctx.db.select({ name: user.name }).from(user).where(eq(user.id, ctx.actor.id)),
        named: ctx.db.all<{ name: string; now: number }>(
          sql`select name, ${ctx.now} now from user where name = ${name} and ${also ? sql`1` : sql`0`}`,
        ),
      };
    });
    const ask = async (who: typeof ava, name: string, also = true) => {
      const ctx = as(who);
      const rows = await ctx.read(reads(ctx, { name }, { also }));
      expect(rows.named.every(({ now }) => now === ctx.now)).toBe(true);
      return [rows.own[0]!.name, ...rows.named.map((row) => row.name)];
    };
    expect(await ask(ava, ava.name)).toEqual([ava.name, ava.name]);
    expect(await ask(ava, 'nobody')).toEqual([ava.name]);
    expect(await ask(mia, ava.name)).toEqual(['Mia', ava.name]);
    expect(await ask(mia, 'Mia')).toEqual(['Mia', 'Mia']);
    expect(await ask(mia, 'Mia', false)).toEqual(['Mia']);
    // Once for each kind of actor and each shape; tests build each anew besides, to compare.
    expect(built).toBe(3 + 5);
  });

  it('is built anew for whoever sees a space as a guest does, and kept for nobody', async () => {
    const [ava, ben, mia] = [await makeUser(), await makeUser(), await makeGuest()];
    const reads = compiled((ctx, _values: object & Record<string, never>, _shape: object) => ({
      by: ctx.db.all<{ by: string }>(sql`select ${ctx.actor.viewedBy ?? 'nobody'} as by`),
    }));
    const ask = async (ctx: SignedIn) => (await ctx.read(reads(ctx, {}, {}))).by[0]!.by;
    expect(await ask(as(mia))).toBe('nobody');
    expect(await ask(asGuest(as(ava), mia.id))).toBe(ava.id);
    expect(await ask(asGuest(as(ben), mia.id))).toBe(ben.id);
    expect(await ask(as(mia))).toBe('nobody');
  });

  it('refuses to depend on anything that may differ at the next request', async () => {
    const ava = await makeUser();
    const locale = compiled((ctx, _values: object & Record<string, never>, _shape: object) => ({
      one: ctx.db.get(sql`select ${ctx.locale}`),
    }));
    expect(() => locale(as(ava), {}, {})).toThrow('may not depend on locale');
    const name = compiled((ctx, _values: object & Record<string, never>, _shape: object) => ({
      one: ctx.db.get(sql`select ${ctx.actor.name}`),
    }));
    expect(() => name(as(ava), {}, {})).toThrow('may not depend on name');
    const reckons = compiled((ctx, { at }: { at: number }, _shape: object) => ({
      one: ctx.db.get(sql`select ${at + 1}`),
    }));
    expect(() => reckons(as(ava), { at: 1 }, {})).toThrow('not what it would be anew');
  });
});
