/** The fields that an edit of a product sets, 220 bytes. */
export const EDIT = { name: 'A product of some name', description: 'x'.repeat(160), amount: 1_999 };
