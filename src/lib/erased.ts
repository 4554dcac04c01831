/** What is erased with a person, as the receipt counts it. */
export type Erased =
  | 'sessions'
  | 'memberships'
  | 'invitations'
  | 'notifications'
  | 'readings'
  | 'reactions'
  | 'pictures'
  | 'uploads'
  | 'mails'
  | 'audit';
