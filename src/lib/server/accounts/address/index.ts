/** A new e-mail address: asked for (ask.ts), and taken once the new mailbox confirms it (confirm.ts). */
export {
  askAddress,
  askAddressFor,
  cancelAddress,
  cancelAddressFor,
  judgeAddress,
  openChange,
  openChangeOf,
  resendAddress,
  resendAddressFor,
} from './ask';
export { addressTarget, confirmAddress, purgeAddressChanges } from './confirm';
