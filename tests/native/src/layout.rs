//! The accounts' bytes as docs/PROTOCOL.md, section 4, lists them: a second implementation, for the decoders to agree
//! with.

use generion::state::{Application, Order, Purchase, Record, Share, Study, User};
use generion_interface::accounts::{
    ApplicationAccount, OrderAccount, PurchaseAccount, RecordAccount, StudyAccount,
};

/// Discriminator of a User.
pub const USER: [u8; 8] = 0x9f755fe3ef973aec_u64.to_be_bytes();
/// Discriminator of a Record.
pub const RECORD: [u8; 8] = 0xfee975fc4ca6928b_u64.to_be_bytes();
/// Discriminator of an Order.
pub const ORDER: [u8; 8] = 0x86addfb94d561c33_u64.to_be_bytes();
/// Discriminator of a Purchase.
pub const PURCHASE: [u8; 8] = 0x21cb01fce7e40843_u64.to_be_bytes();
/// Discriminator of a Share.
pub const SHARE: [u8; 8] = 0x05e8e10a24b0f8d9_u64.to_be_bytes();
/// Discriminator of a Study.
pub const STUDY: [u8; 8] = 0x6a0249c1ceb0bd2e_u64.to_be_bytes();
/// Discriminator of an Application.
pub const APPLICATION: [u8; 8] = 0xdb091b71d07ecb1e_u64.to_be_bytes();

/// What has a layout.
pub trait Encode {
    /// The account's bytes.
    fn encode(&self) -> Vec<u8>;
}

impl Encode for User {
    fn encode(&self) -> Vec<u8> {
        [
            &USER[..],
            &[self.version, self.bump],
            &self.reserved,
            &self.key_index.to_le_bytes(),
            &self.next_order_id.to_le_bytes(),
            &self.next_study_id.to_le_bytes(),
            &self.record_count.to_le_bytes(),
            self.wallet.as_ref(),
            &self.encryption_key,
            &self.attestation,
        ]
        .concat()
    }
}

impl Encode for Share {
    fn encode(&self) -> Vec<u8> {
        [
            &SHARE[..],
            &[self.version, self.bump],
            &self.reserved,
            &self.key_index.to_le_bytes(),
            &self.created_at.to_le_bytes(),
            &self.expires_at.to_le_bytes(),
            self.record.as_ref(),
            self.owner.as_ref(),
            self.recipient.as_ref(),
            self.rent_payer.as_ref(),
            &self.recipient_key,
            &self.capsule.ephemeral,
            &self.capsule.masked,
        ]
        .concat()
    }
}

impl Encode for RecordAccount {
    fn encode(&self) -> Vec<u8> {
        let Record {
            version,
            bump,
            verified,
            reserved,
            key_index,
            created_at,
            listings,
            owner,
            creator,
            rent_payer,
            owner_key,
            data_public_key,
            capsule,
            facts_root,
        } = &self.state;
        [
            &RECORD[..],
            &[*version, *bump, *verified, *reserved],
            &key_index.to_le_bytes(),
            &created_at.to_le_bytes(),
            &listings.to_le_bytes(),
            owner.as_ref(),
            creator.as_ref(),
            rent_payer.as_ref(),
            owner_key,
            data_public_key,
            &capsule.ephemeral,
            &capsule.masked,
            facts_root,
            &count(self.locator.len()),
            &self.locator,
        ]
        .concat()
    }
}

impl Encode for OrderAccount {
    fn encode(&self) -> Vec<u8> {
        let Order {
            version,
            bump,
            open,
            reserved,
            pending_purchases,
            id,
            created_at,
            rent_payer,
            seller,
            price,
            delivery_window,
            label,
            only_buyer,
            settled_purchases,
        } = &self.state;
        let records: Vec<_> = self
            .records
            .iter()
            .map(|record| record.to_bytes())
            .collect();
        [
            &ORDER[..],
            &[*version, *bump, *open, *reserved],
            &pending_purchases.to_le_bytes(),
            &id.to_le_bytes(),
            &created_at.to_le_bytes(),
            rent_payer.as_ref(),
            seller.as_ref(),
            &price.to_le_bytes(),
            &delivery_window.to_le_bytes(),
            label,
            only_buyer.as_ref(),
            &settled_purchases.to_le_bytes(),
            &count(records.len()),
            records.as_flattened(),
        ]
        .concat()
    }
}

impl Encode for PurchaseAccount {
    fn encode(&self) -> Vec<u8> {
        let Purchase {
            version,
            bump,
            status,
            record_count,
            delivered_count,
            seat,
            reserved,
            price,
            deadline,
            settle_by,
            order,
            seller,
            buyer,
            buyer_key,
            settle_key,
            terms,
        } = &self.state;
        let slots: Vec<[u8; 64]> = self
            .capsules
            .iter()
            .map(|slot| {
                let mut bytes = [0; 64];
                if let Some(capsule) = slot {
                    bytes[..32].copy_from_slice(&capsule.ephemeral);
                    bytes[32..].copy_from_slice(&capsule.masked);
                }
                bytes
            })
            .collect();
        [
            &PURCHASE[..],
            &[*version, *bump, *status, *record_count, *delivered_count],
            &[*seat],
            reserved,
            &price.to_le_bytes(),
            &deadline.to_le_bytes(),
            &settle_by.to_le_bytes(),
            order.as_ref(),
            seller.as_ref(),
            buyer.as_ref(),
            buyer_key,
            settle_key,
            terms,
            &count(slots.len()),
            slots.as_flattened(),
        ]
        .concat()
    }
}

impl Encode for StudyAccount {
    fn encode(&self) -> Vec<u8> {
        let Study {
            version,
            bump,
            vault_bump,
            admission,
            record_count,
            group_count,
            requirement_count,
            creator_count,
            id,
            reward,
            created_at,
            closes_at,
            delivery_window,
            seats,
            sponsor,
            admitter,
            rent_payer,
            study_key,
            description_hash,
        } = &self.state;
        [
            &STUDY[..],
            &[*version, *bump, *vault_bump, *admission],
            &[*record_count, *group_count],
            &[*requirement_count, *creator_count],
            &id.to_le_bytes(),
            &reward.to_le_bytes(),
            &created_at.to_le_bytes(),
            &closes_at.to_le_bytes(),
            &delivery_window.to_le_bytes(),
            &seats.to_le_bytes(),
            sponsor.as_ref(),
            admitter.as_ref(),
            rent_payer.as_ref(),
            study_key,
            description_hash,
            &count(self.tail.len()),
            &self.tail,
        ]
        .concat()
    }
}

impl Encode for ApplicationAccount {
    fn encode(&self) -> Vec<u8> {
        let Application {
            version,
            bump,
            reserved,
            created_at,
            study,
            order,
            participant,
            rent_payer,
        } = &self.state;
        [
            &APPLICATION[..],
            &[*version, *bump],
            reserved,
            &created_at.to_le_bytes(),
            study.as_ref(),
            order.as_ref(),
            participant.as_ref(),
            rent_payer.as_ref(),
            &count(self.letter.len()),
            &self.letter,
        ]
        .concat()
    }
}

/// A tail's length.
fn count(len: usize) -> [u8; 4] {
    u32::try_from(len).expect("tails are short").to_le_bytes()
}
