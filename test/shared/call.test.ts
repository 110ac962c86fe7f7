import { listSayings } from '../../nodes/shared/call';

test('what a vendor said is listed, up to a few sayings of some length', () => {
	expect(listSayings(['No right', 'No money'])).toBe('No right; No money');
	expect(listSayings(Array.from({ length: 1000 }, (_, index) => `No ${index}`))).toBe(
		'No 0; No 1; No 2; No 3; No 4; and 995 more',
	);
	expect(listSayings(['a'.repeat(10_000)])).toHaveLength(501);
});
