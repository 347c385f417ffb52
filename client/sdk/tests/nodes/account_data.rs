//! The bytes of accounts, as a node shows them.

use generion_client::{
    Capsule,
    accounts::{
        ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
        StudyAccount,
    },
    state::{Share, User},
};

/// The data of an account with its discriminator, and behind it what has a length of its own.
fn data<T: LedgerAccount>(header: &impl bytemuck::Pod, tail: Option<(usize, &[u8])>) -> Vec<u8> {
    let mut data = T::DISCRIMINATOR.to_vec();
    data.extend_from_slice(bytemuck::bytes_of(header));
    if let Some((count, bytes)) = tail {
        data.extend_from_slice(&u32::try_from(count).unwrap().to_le_bytes());
        data.extend_from_slice(bytes);
    }
    data
}

pub fn user_data(user: &User) -> Vec<u8> {
    data::<User>(user, None)
}

pub fn share_data(share: &Share) -> Vec<u8> {
    data::<Share>(share, None)
}

pub fn application_data(application: &ApplicationAccount) -> Vec<u8> {
    let tail = (application.letter.len(), &application.letter[..]);
    data::<ApplicationAccount>(&application.state, Some(tail))
}

pub fn study_data(study: &StudyAccount) -> Vec<u8> {
    data::<StudyAccount>(&study.state, Some((study.tail.len(), &study.tail)))
}

pub fn record_data(record: &RecordAccount) -> Vec<u8> {
    data::<RecordAccount>(&record.state, Some((record.locator.len(), &record.locator)))
}

pub fn order_data(order: &OrderAccount) -> Vec<u8> {
    let records: Vec<u8> = order
        .records
        .iter()
        .flat_map(|one| one.to_bytes())
        .collect();
    data::<OrderAccount>(&order.state, Some((order.records.len(), &records)))
}

pub fn purchase_data(purchase: &PurchaseAccount) -> Vec<u8> {
    let empty = Capsule {
        ephemeral: [0; 32],
        masked: [0; 32],
    };
    let capsules: Vec<u8> = purchase
        .capsules
        .iter()
        .flat_map(|capsule| capsule.unwrap_or(empty).as_bytes().to_vec())
        .collect();
    data::<PurchaseAccount>(&purchase.state, Some((purchase.capsules.len(), &capsules)))
}
