import { switchvox } from './Switchvox/vendor';
import { voipNow } from './VoipNow/vendor';

/** Every vendor of the package, one line each. */
export const vendors = [switchvox, voipNow] as const;
