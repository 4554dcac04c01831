/** Names a device well enough for its owner to recognise it. */
type Names = [RegExp, string][];

// Order matters: most browsers also claim to be another one.
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

export function deviceOf(agent: string): { browser?: string; system?: string } {
  const find = (names: Names) => names.find(([pattern]) => pattern.test(agent))?.[1];
  return { browser: find(browsers), system: find(systems) };
}
