import { switchvox } from './Switchvox/vendor';

/** Every vendor of the package, one line each. */
export const vendors = [switchvox] as const;
