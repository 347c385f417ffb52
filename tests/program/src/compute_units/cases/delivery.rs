use solana_address::Address;
use solana_instruction::Instruction;

use super::{
    super::key_set::{BATCH, MAX},
    KeySet, Sheet, records,
};

/// Records of the largest batch in a legacy transaction, by the number of compute-budget instructions beside it.
const LARGEST: [usize; 3] = [9, 9, 8];

pub(super) fn deliver(keys: &KeySet, sheet: &mut Sheet) {
    const NAME: &str = "deliver";
    // The seller pays the fee: any other wallet would be one account more.
    let seller = &keys.patient;
    let fixture = keys.world(NAME);
    for count in 1..=BATCH {
        // The whole of an order of that many, or the first ones of the largest.
        for (total, settles) in [(MAX, ""), (count, ", settles")] {
            let mut world = fixture.clone();
            let purchase = keys.purchases[&total];
            let delivery = world.prove(seller, &keys.buyer, &purchase, 0, count);
            let deliver = world.deliver(&purchase, 0, &delivery);
            let case = format!("{}{settles}", records(count));
            if count == BATCH {
                let landed = world
                    .send_with_table(deliver, &seller.wallet)
                    .unwrap_or_else(|refused| panic!("{case}: {refused:#?}"));
                sheet.note(
                    (NAME, format!("{case}, v0 with a lookup table")),
                    &landed,
                    None,
                );
                continue;
            }
            for (beside, largest) in LARGEST.into_iter().enumerate() {
                // A compute-budget instruction costs the same beside every batch.
                if beside > 0 && count != 1 && count != largest {
                    continue;
                }
                let mut transaction = budget()[..beside].to_vec();
                transaction.push(deliver.clone());
                let case = match beside {
                    0 => case.clone(),
                    _ => format!("{case}, beside {beside} compute-budget"),
                };
                let mut world = world.clone();
                sheet.measure((NAME, case), &mut world, &transaction, &[&seller.wallet]);
            }
        }
    }
}

/// What senders put before an instruction: the limit of compute units, and the price of one.
fn budget() -> [Instruction; 2] {
    let limit = [&[2][..], &200_000_u32.to_le_bytes()].concat();
    // Free, so that the fee is that of the signature alone.
    let price = [&[3][..], &0_u64.to_le_bytes()].concat();
    [limit, price].map(|data| Instruction {
        program_id: Address::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: Vec::new(),
        data,
    })
}
