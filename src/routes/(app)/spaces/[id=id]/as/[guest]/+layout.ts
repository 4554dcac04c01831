// No scripts, so no beacons and no polling in the guest's name.
export const csr = false;
