// The smallest page that reads a row.
export const load = async ({ platform }) => ({
  row: await platform.env.DB.prepare('select name from ruler where id = ?').bind(7).first(),
});
