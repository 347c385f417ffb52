//! Keys, records and shares.

use crate::{
    cast::{CLINICS, DOCTORS, PATIENTS, PAYER},
    generate::{outsiders, owners},
    model::CREATOR_DELAY,
    step::{At, Call, CapsuleClaim, Key, RecordId, Spoilt},
};

use super::Draw;

impl Draw<'_> {
    pub(super) fn set_encryption_key(&mut self, spoil: bool) -> Call {
        let wallet = self.who(&owners());
        let next = self
            .model
            .users
            .get(&wallet)
            .map_or(0, |user| user.key_index + 1);
        let (mut user, mut key) = (self.user_of(wallet), Key::Encryption(wallet, next));
        if spoil {
            match self.below(2) {
                0 => key = Key::Malformed(self.below(4) as u8),
                _ => user = At::User(self.other_than(wallet)),
            }
        }
        Call::SetEncryptionKey {
            wallet,
            payer: self.payer_for(wallet),
            user,
            key,
        }
    }

    pub(super) fn create_record(&mut self, spoil: bool) -> Call {
        let users = self.users();
        let owner = match self.one_in(10) {
            true => self.who(&owners()),
            false => self.pick_or(&users, PATIENTS[0]),
        };
        let creator = match self.one_in(7) {
            true => owner,
            false => self.who(&CLINICS),
        };
        let next = self
            .model
            .users
            .get(&owner)
            .map_or(0, |user| user.next_record_id);
        let here = At::Record(RecordId(owner, next));
        let (mut user, mut record, mut id) = (self.user_of(owner), here, next);
        let mut locator_len = self.pick(&[240, 240, 240, 1, 496, 512]);
        let mut proof = CapsuleClaim {
            record: here,
            creator,
            key: self.key_of(owner),
            other_data_key: false,
            spoilt: None,
        };
        if spoil {
            match self.below(12) {
                0 => locator_len = self.pick(&[0, 513]),
                1 => id = self.pick(&[next + 1, next.wrapping_sub(1), u64::MAX]),
                2 => record = At::Record(self.any_record()),
                3 => user = At::User(self.who(&outsiders())),
                4 => proof.record = At::Record(self.any_record()),
                5 => proof.creator = self.other_than(creator),
                6 => {
                    // Made for the key before, or for somebody else's.
                    proof.key = match proof.key {
                        Key::Encryption(who, index) if index > 0 => Key::Encryption(who, index - 1),
                        _ => Key::Encryption(self.other_than(owner), 0),
                    }
                }
                7 => proof.other_data_key = true,
                8 => proof.spoilt = Some(Spoilt::Proof(self.below(48) as u8)),
                9 => proof.spoilt = Some(Spoilt::Element(0)),
                _ => proof.spoilt = Some(self.no_point()),
            }
        }
        Call::CreateRecord {
            creator,
            payer: self.payer_for(creator),
            user,
            record,
            id,
            locator_len,
            proof,
        }
    }

    pub(super) fn no_point(&mut self) -> Spoilt {
        let kind = self.below(3) as u8;
        self.pick(&[
            Spoilt::Identity(kind),
            Spoilt::Ephemeral(kind),
            Spoilt::Masked(kind),
        ])
    }

    pub(super) fn verify_record(&mut self, spoil: bool) -> Call {
        let waiting = self.records(|id| !self.model.records[id].verified);
        let nobodys = self.any_record();
        let mut id = self.pick_or(&waiting, nobodys);
        let mut owner = id.0;
        if spoil {
            match self.below(3) {
                0 => id = self.any_record(),
                1 => (owner, id) = (nobodys.0, nobodys),
                _ => owner = self.other_than(owner),
            }
        }
        Call::VerifyRecord {
            owner,
            record: At::Record(id),
        }
    }

    pub(super) fn delete_record(&mut self, spoil: bool, at: &mut i64) -> Call {
        let unlisted = self.records(|id| self.model.listings(*id) == 0);
        let any = self.any_record();
        let id = if spoil && self.one_in(2) {
            any
        } else {
            self.pick_or(&unlisted, any)
        };
        let (mut user, mut authority, mut rent_payer) = (self.user_of(id.0), id.0, PAYER);
        if let Some(record) = self.model.records.get(&id) {
            rent_payer = record.rent_payer;
            if self.one_in(3) {
                authority = record.creator;
                // On both sides of the moment from which the creator may.
                let moment = record.created_at + CREATOR_DELAY;
                *at = (*at).max(moment - i64::from(spoil && self.one_in(2)));
            }
        }
        if spoil {
            match self.below(4) {
                0 => user = At::User(self.who(&owners())),
                1 => rent_payer = self.other_than(rent_payer),
                2 => authority = self.other_than(authority),
                _ => {}
            }
        }
        Call::DeleteRecord {
            authority,
            user,
            record: At::Record(id),
            rent_payer,
        }
    }

    pub(super) fn share_record(&mut self, spoil: bool, at: i64) -> Call {
        let verified = self.records(|id| self.model.records[id].verified);
        let any = self.any_record();
        let mut id = self.pick_or(&verified, any);
        let users = self.users();
        let mut to = match self.one_in(3) {
            true => self.pick_or(&users, DOCTORS[0]),
            false => self.who(&DOCTORS),
        };
        let (mut owner, mut share) = (id.0, At::Share(id, to));
        let mut expires_at = self.pick(&[0, at + 1, at + 86_400, i64::MAX]);
        let mut spoilt = None;
        if spoil {
            match self.below(7) {
                0 => owner = self.other_than(owner),
                1 => (id, owner, share) = (any, any.0, At::Share(any, to)),
                2 => expires_at = self.pick(&[at, at - 1, 1, -1, i64::MIN]),
                3 => spoilt = Some(self.no_point()),
                4 => share = At::Share(any, to),
                5 => (to, share) = (PAYER, At::Share(id, PAYER)),
                _ => {
                    let there: Vec<_> = self.model.shares.keys().copied().collect();
                    (id, to) = self.pick_or(&there, (id, to));
                    (owner, share) = (id.0, At::Share(id, to));
                }
            }
        }
        Call::ShareRecord {
            owner,
            payer: self.payer_for(owner),
            record: At::Record(id),
            recipient: At::User(to),
            share,
            key: self.key_of(to),
            spoilt,
            expires_at,
        }
    }

    pub(super) fn revoke_share(&mut self, spoil: bool) -> Call {
        let there: Vec<_> = self.model.shares.keys().copied().collect();
        let nothing = (self.any_record(), self.who(&DOCTORS));
        let (mut id, mut to) = self.pick_or(&there, nothing);
        let mut owner = id.0;
        let share = self.model.shares.get(&(id, to));
        let mut rent_payer = share.map_or(PAYER, |share| share.rent_payer);
        if spoil {
            match self.below(3) {
                0 => (id, to) = nothing,
                1 => owner = self.other_than(owner),
                _ => rent_payer = self.other_than(rent_payer),
            }
        }
        Call::RevokeShare {
            owner,
            share: At::Share(id, to),
            rent_payer,
        }
    }
}
