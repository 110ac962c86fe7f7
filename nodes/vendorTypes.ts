import type { AsteriskForm } from './Asterisk/originate/form';
import type { AsteriskCredential } from './Asterisk/signIn';
import type { EnswitchForm } from './Enswitch/originate/form';
import type { EnswitchCredential } from './Enswitch/signIn';
import type { IovoxForm } from './Iovox/originate/form';
import type { IovoxCredential } from './Iovox/signIn';
import type { SwitchvoxForm } from './Switchvox/originate/form';
import type { SwitchvoxCredential } from './Switchvox/signIn';
import type { VoipNowForm } from './VoipNow/originate/form';
import type { VoipNowCredential } from './VoipNow/signIn';

/** What a program gives to each vendor of the registry: a call, and a credential. Types only, and none of n8n's. */
export interface VendorTypes {
	readonly switchvox: { readonly call: SwitchvoxForm; readonly credential: SwitchvoxCredential };
	readonly iovox: { readonly call: IovoxForm; readonly credential: IovoxCredential };
	readonly asterisk: { readonly call: AsteriskForm; readonly credential: AsteriskCredential };
	readonly enswitch: { readonly call: EnswitchForm; readonly credential: EnswitchCredential };
	readonly voipNow: { readonly call: VoipNowForm; readonly credential: VoipNowCredential };
}
