// What a page of ours must at least do: look up who asks, then read six small lists at once.
export const load = async ({ platform }) => {
  const { DB } = platform.env;
  const who = await DB.prepare('select id, name from ruler where id = ?').bind(7).first();
  const lists = await DB.batch(
    Array.from({ length: 6 }, (_, n) =>
      DB.prepare('select id, name from ruler where id > ? order by id limit 8').bind(who.id + n * 10),
    ),
  );
  return { who, lists: lists.map(({ results }) => results) };
};
