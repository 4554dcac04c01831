import * as files from '$lib/server/files';
import { answer } from '$lib/server/http';

export const GET = (event) => answer(event, (ctx) => files.serve(ctx, event.params.file, event.request));
