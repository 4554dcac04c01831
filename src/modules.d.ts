/** The Worker that adapter-cloudflare generates; wrangler.toml and vitest.config.ts say where it is. */
declare module 'sveltekit-worker' {
  const worker: ExportedHandler<import('./lib/server/context').Env>;
  export default worker;
}

/** The module of SvelteKit's bundle that src/hooks.server.ts becomes. */
declare module 'sveltekit-hooks' {
  export { answer, consume, runCron } from '$lib/server/entry';
}

declare module '@zxcvbn-ts/language-common/dist/passwords.json.mjs' {
  const passwords: string[];
  export default passwords;
}
