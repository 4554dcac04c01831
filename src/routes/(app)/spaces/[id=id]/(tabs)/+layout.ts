import { onlyThread } from '../only-thread';

export const load = async ({ data }) => ({ ...data, only: await onlyThread(data.discussion) });
