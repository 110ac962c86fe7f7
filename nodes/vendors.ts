import { enswitch } from './Enswitch/vendor';
import { switchvox } from './Switchvox/vendor';

/** Every vendor of the package, one line each. */
export const vendors = [switchvox, enswitch] as const;
