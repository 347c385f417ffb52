//! Keys, records and shares.

use rand_chacha::rand_core::RngCore;

use crate::{
    cast::{CLINICS, DOCTORS, PATIENTS, PAYER},
    habits::{outsiders, owners},
    model::CREATOR_DELAY,
    step::{At, Call, CapsuleClaim, Key, RecordId, Spoilt, Who},
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
        let mut key_index = next;
        if spoil {
            match self.below(3) {
                0 => key = Key::Malformed(self.below(4) as u8),
                1 => key_index = self.pick(&[next + 1, next.wrapping_sub(1), u32::MAX]),
                _ => user = At::User(self.other_than(wallet)),
            }
        }
        Call::SetEncryptionKey {
            wallet,
            payer: self.payer_for(wallet),
            user,
            key_index,
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
        let id = self.record_to_write(owner, creator);
        let (owner, creator) = (id.owner, id.creator);
        let (mut user, mut record) = (self.user_of(owner), At::Record(id));
        let mut draft = id.draft;
        let mut proof = CapsuleClaim {
            record,
            creator,
            key: id.key,
            draft,
            other_data_key: false,
            flipped: None,
        };
        if spoil {
            match self.below(13) {
                0 => {
                    draft.locator_len = self.pick(&[0, 513]);
                    record = At::Record(RecordId { draft, ..id });
                    (proof.record, proof.draft) = (record, draft);
                }
                1 => record = At::Record(self.any_record()),
                2 => user = At::User(self.who(&outsiders())),
                3 => {
                    // One that is there already.
                    let there = self.records(|id| id.key == self.key_of(id.owner));
                    let there = self.pick_or(&there, id);
                    return self.written_again(there);
                }
                4 => proof.record = At::Record(self.any_record()),
                5 => proof.creator = self.other_than(creator),
                6 => {
                    // For the key before, or for somebody else's: the proof alone, or the whole record.
                    let other = match id.key {
                        Key::Encryption(who, index) if index > 0 => Key::Encryption(who, index - 1),
                        _ => Key::Encryption(self.other_than(owner), 0),
                    };
                    proof.key = other;
                    if self.one_in(2) {
                        draft.key = other;
                        record = At::Record(RecordId {
                            key: other,
                            draft,
                            ..id
                        });
                        (proof.record, proof.draft) = (record, draft);
                    }
                }
                7 => proof.other_data_key = true,
                8 => proof.flipped = Some(self.below(48) as u8),
                9 => {
                    // The capsule is changed after it was proven.
                    draft.spoilt = Some(Spoilt::Element(0));
                    record = At::Record(RecordId { draft, ..id });
                    proof.record = record;
                }
                10 => proof.draft = self.draft(id.key),
                _ => {
                    draft.spoilt = Some(self.no_point());
                    record = At::Record(RecordId { draft, ..id });
                    (proof.record, proof.draft) = (record, draft);
                }
            }
        }
        Call::CreateRecord {
            creator,
            payer: self.payer_for(creator),
            user,
            record,
            draft,
            proof,
        }
    }

    /// A new record by habit; now and then one that there was, or one at whose address there are lamports.
    fn record_to_write(&mut self, owner: Who, creator: Who) -> RecordId {
        let fresh = self.new_record(owner, creator);
        let ahead = self.model.lamports.keys().filter_map(|at| match at {
            At::Record(id) => Some(*id),
            _ => None,
        });
        let known: Vec<RecordId> = match self.rng.next_u32() % 12 {
            0 => self.model.written.iter().copied().collect(),
            1 | 2 => ahead.collect(),
            _ => return fresh,
        };
        let possible: Vec<RecordId> = known
            .into_iter()
            .filter(|id| !self.model.records.contains_key(id))
            .filter(|id| {
                id.key == self.key_of(id.owner) && self.model.users.contains_key(&id.owner)
            })
            .collect();
        self.pick_or(&possible, fresh)
    }

    /// The record once more, with the same bytes.
    fn written_again(&mut self, id: RecordId) -> Call {
        let record = At::Record(id);
        Call::CreateRecord {
            creator: id.creator,
            payer: self.payer_for(id.creator),
            user: self.user_of(id.owner),
            record,
            draft: id.draft,
            proof: CapsuleClaim {
                record,
                creator: id.creator,
                key: id.key,
                draft: id.draft,
                other_data_key: false,
                flipped: None,
            },
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
        let mut owner = id.owner;
        if spoil {
            match self.below(3) {
                0 => id = self.any_record(),
                1 => (owner, id) = (nobodys.owner, nobodys),
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
        let (mut user, mut authority, mut rent_payer) = (self.user_of(id.owner), id.owner, PAYER);
        if let Some(record) = self.model.records.get(&id) {
            rent_payer = record.rent_payer;
            if self.one_in(3) {
                authority = id.creator;
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
        let (mut owner, mut share) = (id.owner, At::Share(id, to));
        let mut key_index = self.model.users.get(&to).map_or(0, |user| user.key_index);
        let mut expires_at = self.pick(&[0, at + 1, at + 86_400, i64::MAX]);
        let mut spoilt = None;
        if spoil {
            match self.below(8) {
                0 => owner = self.other_than(owner),
                1 => (id, owner, share) = (any, any.owner, At::Share(any, to)),
                2 => expires_at = self.pick(&[at, at - 1, 1, -1, i64::MIN]),
                3 => spoilt = Some(self.no_point()),
                4 => share = At::Share(any, to),
                5 => (to, share) = (PAYER, At::Share(id, PAYER)),
                6 => key_index = self.pick(&[key_index + 1, key_index.wrapping_sub(1)]),
                _ => {
                    let there: Vec<_> = self.model.shares.keys().copied().collect();
                    (id, to) = self.pick_or(&there, (id, to));
                    (owner, share) = (id.owner, At::Share(id, to));
                    key_index = self.model.users.get(&to).map_or(0, |user| user.key_index);
                }
            }
        }
        Call::ShareRecord {
            owner,
            payer: self.payer_for(owner),
            record: At::Record(id),
            recipient: At::User(to),
            share,
            key_index,
            key: self.key_of(to),
            spoilt,
            expires_at,
        }
    }

    pub(super) fn revoke_share(&mut self, spoil: bool) -> Call {
        let there: Vec<_> = self.model.shares.keys().copied().collect();
        let nothing = (self.any_record(), self.who(&DOCTORS));
        let (mut id, mut to) = self.pick_or(&there, nothing);
        let mut owner = id.owner;
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
