import { enswitch } from './Enswitch/vendor';
import { iovox } from './Iovox/vendor';
import { switchvox } from './Switchvox/vendor';

/** Every vendor of the package, one line each. */
export const vendors = [switchvox, iovox, enswitch] as const;
