export { vendors } from './nodes/vendors';
export type {
	Failed,
	HttpRequest,
	HttpResponse,
	Invalid,
	Outcome,
	Placed,
	Skipped,
	VendorError,
} from './nodes/shared/call';
export type { FormValues, Parties, Vendor } from './nodes/shared/vendor';
