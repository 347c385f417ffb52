// Whether an offer is what is to be sold.

import type { NewOrder, Offer } from '@generion/client';

/** Whether an offer has the records and the terms of a sale. */
export function isSameSale(offer: Omit<Offer, 'order' | 'seller'>, sale: NewOrder): boolean {
    const records = new Set(sale.records);
    return (
        offer.price === sale.price &&
        offer.deliveryWindow === sale.deliveryWindow &&
        offer.label === sale.label &&
        offer.onlyBuyer === sale.onlyBuyer &&
        offer.records.length === records.size &&
        offer.records.every((record) => records.has(record))
    );
}
