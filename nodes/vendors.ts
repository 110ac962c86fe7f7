import { asterisk } from './Asterisk/vendor';
import { enswitch } from './Enswitch/vendor';
import { iovox } from './Iovox/vendor';
import { switchvox } from './Switchvox/vendor';
import { voipNow } from './VoipNow/vendor';
import type { Vendor } from './shared/calling/contract/vendor';

/** Every vendor of the package, one line each. */
export const vendors: readonly Vendor[] = [switchvox, iovox, enswitch, voipNow, asterisk];
