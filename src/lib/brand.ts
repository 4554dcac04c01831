/** Whose site it is: "Foyer Ltd"; for a site called "Foyer Ltd Portal", that. */
export const hostOf = (site: string, company: string): string => (site.includes(company) ? site : company);
