/**
 * What the Worker does around SvelteKit's pages and beside them (src/worker.ts). It travels in SvelteKit's bundle, through
 * hooks.server.ts: imported by the Worker itself, the whole domain would be deployed a second time.
 */
import type { Env, MailNudge } from './context/config';
import { createContext } from './context/create';
import * as body from './body';
import * as cron from './cron';
import * as jobs from './jobs';
import { secured } from './plain-pages';
import { pageInstead, readable, rejectOversized } from './request-limits';

const system = (env: Env, ctx: ExecutionContext) =>
  createContext({ env, waitUntil: (work) => ctx.waitUntil(work), changeLimit: null });

/** @param ask SvelteKit */
export async function answer<R extends Request>(
  request: R,
  ask: (request: R) => Response | Promise<Response>,
): Promise<Response> {
  const first = (await rejectOversized(request)) ?? (await ask(readable(request)));
  const page = pageInstead(request, first);
  await body.drain(request);
  const instead = page && (await ask(readable(page as R)));
  return secured(instead && (first.status === 405 || instead.status === 404) ? instead : first, request);
}

export const consume = (batch: MessageBatch<MailNudge>, env: Env, ctx: ExecutionContext): Promise<void> =>
  jobs.consume(system(env, ctx), batch);

export const runCron = (env: Env, ctx: ExecutionContext): Promise<void> => cron.run(system(env, ctx));
