/** The libraries of the shipped code, each with its only importer, which the build bundles it into. */
export const bundled = {
	'fast-xml-parser': 'nodes/shared/wire/text/xml',
	'libphonenumber-js': 'nodes/shared/form/phoneNumber',
	'ipaddr.js': 'nodes/shared/trigger/addresses',
} as const;
