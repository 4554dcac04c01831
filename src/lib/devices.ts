/** What a browser says of itself, as far as people know their own devices by it. */
type Names = [RegExp, string][];

// In this order: most browsers also claim to be another one.
const browsers: Names = [
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: Names = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
];

/** The browser and the system of a `User-Agent`, each where it is known. */
export function deviceOf(agent: string): { browser?: string; system?: string } {
  const find = (names: Names) => names.find(([pattern]) => pattern.test(agent))?.[1];
  return { browser: find(browsers), system: find(systems) };
}
