/** Empties what entries hold of an erased person: the seals cover its digests, so the chain stays whole. */
import { sql } from 'drizzle-orm';
import { changed, must, type Ctx, type Statement } from '../context';
import { randomToken } from '../crypto';
import { allRemade } from './chain';
import { COLUMNS, digestOf, WHAT_ERASED, WHO_ERASED, type Line } from './seals';

/** In the order of time. */
export interface Place {
  at: number;
  id: number;
}

interface Found extends Line {
  at: number;
  mayWho: number;
  mayWhat: number;
}

/**
 * Of the entries after a place: those by the person, about them, and about invitations of an address that they have or had. For a batch.
 * @returns null while older seals are not made anew; `last` is null at the end
 */
export async function empty(
  ctx: Ctx,
  { userId, email }: { userId: string; email: string },
  after: Place,
  limit: number,
): Promise<{ statements: Statement[]; emptied: number; last: Place | null } | null> {
  const next = (where: ReturnType<typeof sql>) =>
    sql`select id, at from (select id, at from audit_entry where ${where} and (at, id) > (${after.at}, ${after.id}) order by at, id limit ${limit})`;
  const { remade, found } = await ctx.read({
    remade: ctx.db.all(sql`select 1 where ${allRemade}`),
    found: ctx.db.all<Found>(sql`
      select ${sql.raw(COLUMNS)}, e.at, 
        ${sql.raw(WHO_ERASED)} and (e.actor_id is not null or e.actor_name = '') "mayWho", ${sql.raw(WHAT_ERASED)} "mayWhat"
      from audit_entry e where e.id in (select id from (
        ${next(sql`actor_id = ${userId}`)} union ${next(sql`subject = ${`user:${userId}`}`)} union
        ${next(sql`subject in (select 'invitation:' || id from invitation where formerly_for = ${userId})`)} union
        ${next(sql`detail ->> '$.email' = ${email} and detail ->> '$.email' is not null`)} order by at, id limit ${limit}))
      order by e.at, e.id`),
  });
  if (remade.length === 0) return null;
  const emptied = await Promise.all(
    found
      .map((entry) => ({
        entry,
        who: entry.mayWho === 1 && entry.whoDigest === null,
        what: entry.mayWhat === 1 && entry.whatDigest === null,
      }))
      .filter(({ who, what }) => who || what)
      .map(async ({ entry, who, what }) => [
        ...[entry.id, entry.whoSalt, entry.whatSalt],
        // What is not sealed yet has no salt.
        who ? await digestOf(entry.whoSalt ?? randomToken(), entry.who) : null,
        what ? await digestOf(entry.whatSalt ?? randomToken(), entry.what) : null,
      ]),
  );
  const at = (place: number) => sql.raw(`value ->> ${place}`);
  const statements = [
    ctx.db.run(sql`
      update audit_entry set
        (actor_name, ip, who_salt, who_digest) = (select iif(s.who is null, actor_name, ''), iif(s.who is null, ip, ''),
          iif(s.who is null, who_salt, null), coalesce(s.who, who_digest)),
        (detail, what_salt, what_digest) = (select iif(s.what is null, detail, '{}'),
          iif(s.what is null, what_salt, null), coalesce(s.what, what_digest))
      from (select ${at(0)} as id, ${at(1)} as who_salt_then, ${at(2)} as what_salt_then, ${at(3)} as who, ${at(4)} as what
        from json_each(${JSON.stringify(emptied)})) s
      where audit_entry.id = s.id and audit_entry.who_salt is s.who_salt_then and audit_entry.what_salt is s.what_salt_then
        and (s.who is null or audit_entry.who_digest is null) and (s.what is null or audit_entry.what_digest is null)`),
    must(ctx, changed(emptied.length)),
  ];
  const end = found.at(-1);
  return {
    statements,
    emptied: emptied.length,
    last: end && found.length === limit ? { at: end.at, id: end.id } : null,
  };
}
