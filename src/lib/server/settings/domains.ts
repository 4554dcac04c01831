import { sql, type SQL } from 'drizzle-orm';

/** `fitsDomains` in addresses.ts is the same rule. @param rules instead of the settings */
export const domainFits = (email: SQL, rules?: string[]): SQL<number> => {
  const rule = sql`rtrim(lower(d.value), '.')`;
  const domain = sql`substr(${email}, instr(${email}, '@') + 1)`;
  const all = rules
    ? sql`from json_each(${JSON.stringify(rules)}) d where 1`
    : sql`from setting rules, json_each(rules.value) d where rules.key = 'allowedDomains'`;
  return sql`(not exists (select 1 ${all}) or exists (select 1 ${all} and (${domain} = ${rule}
    or (${rule} like '*.%' and substr(${domain}, 1 - length(${rule})) = substr(${rule}, 2)))))`;
};
