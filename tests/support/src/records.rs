use generion::{
    CreateRecordArgs, ID, ShareRecordArgs,
    state::{RecordContents, User},
};
use generion_crypto::{
    capsule::{self, RecordBinding},
    keys::EncryptionKey,
    record::{DataPublicKey, RecordElement},
};
use rand_core::OsRng;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{chain::Chain, person::Person};

/// One SOL, in lamports.
pub const SOL: u64 = 1_000_000_000;
/// Bytes of a sealed locator, as most records have them.
const LOCATOR_LEN: usize = 304;

/// A record that is ready to be sent.
pub struct NewRecord {
    /// The address that it will have.
    pub address: Address,
    /// The arguments that create it.
    pub args: CreateRecordArgs,
    /// Its group element.
    pub element: RecordElement,
    /// The owner's key that its capsule is sealed to.
    pub owner_key: EncryptionKey,
}

impl Chain {
    /// A person with 2 SOL.
    pub fn person(&self) -> Person {
        Person::new(self.wallet(2 * SOL), self.deployment)
    }

    /// A person with 2 SOL and a published encryption key.
    pub fn user(&self) -> Person {
        let person = self.person();
        self.publish_key(&person);
        person
    }

    /// A person's User account.
    #[track_caller]
    pub fn user_of(&self, person: &Person) -> User {
        self.read(&self.instructions.addresses.user(&person.address()))
    }

    /// The instruction that publishes a person's key at its present index.
    pub fn set_encryption_key(&self, person: &Person) -> Instruction {
        let wallet = person.address();
        self.instructions
            .set_encryption_key(wallet, wallet, person.published_key())
    }

    /// Publishes a person's key at its present index.
    #[track_caller]
    pub fn publish_key(&self, person: &Person) {
        self.lands(&[self.set_encryption_key(person)], &[&person.wallet]);
    }

    /// Makes a record by `creator` for `owner`'s present key.
    pub fn new_record(&self, creator: &Person, owner: &Person) -> NewRecord {
        self.new_record_for(creator, owner, owner.key())
    }

    /// Makes a record by `creator` for `owner`, with a capsule for any key.
    pub fn new_record_for(
        &self,
        creator: &Person,
        owner: &Person,
        owner_key: EncryptionKey,
    ) -> NewRecord {
        let element = RecordElement::random(&mut OsRng);
        let data_public_key = element
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        self.new_record_of(creator, owner, owner_key, element, data_public_key)
    }

    fn new_record_of(
        &self,
        creator: &Person,
        owner: &Person,
        owner_key: EncryptionKey,
        element: RecordElement,
        data_public_key: DataPublicKey,
    ) -> NewRecord {
        let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut OsRng);
        let (facts_root, locator) = ([6; 32], vec![5; LOCATOR_LEN]);
        let address = self.instructions.addresses.record(&RecordContents {
            owner: &owner.address(),
            creator: &creator.address(),
            owner_key: &owner_key.to_bytes(),
            data_public_key: &data_public_key.0,
            capsule: &capsule,
            facts_root: &facts_root,
            locator: &locator,
        });
        let binding = RecordBinding {
            program_id: ID,
            record: address,
            creator: creator.address(),
            owner_key,
            data_public_key,
        };
        let proof = capsule::prove(&binding, &capsule, &randomness, &mut OsRng);
        NewRecord {
            address,
            args: CreateRecordArgs {
                data_public_key: data_public_key.0,
                capsule,
                proof,
                facts_root,
                locator,
            },
            element,
            owner_key,
        }
    }

    /// Writes a record whose capsule does not hold the key that its document is said to be encrypted to.
    #[track_caller]
    pub fn mismatched_record(&self, creator: &Person, owner: &Person) -> Address {
        let [element, other] = [(); 2].map(|()| RecordElement::random(&mut OsRng));
        let key = other
            .record_key(&owner.address(), &creator.address())
            .data_public_key();
        let record = self.new_record_of(creator, owner, owner.key(), element, key);
        let create = self.create_record(creator, owner, &record);
        self.lands(&[create], &[&creator.wallet]);
        record.address
    }

    /// The instruction that writes a record. `creator` pays for it.
    pub fn create_record(
        &self,
        creator: &Person,
        owner: &Person,
        record: &NewRecord,
    ) -> Instruction {
        let creator = creator.address();
        self.instructions.create_record(
            &owner.address(),
            &record.owner_key.to_bytes(),
            creator,
            creator,
            record.args.clone(),
        )
    }

    /// Writes a record by a person about itself, which needs no verification. Returns its address.
    #[track_caller]
    pub fn own_record(&self, owner: &Person) -> Address {
        let record = self.new_record(owner, owner);
        let create = self.create_record(owner, owner, &record);
        self.lands(&[create], &[&owner.wallet]);
        record.address
    }

    /// Writes records by a person about itself. Returns their addresses, sorted.
    #[track_caller]
    pub fn own_records(&self, owner: &Person, count: usize) -> Vec<Address> {
        let mut records: Vec<_> = (0..count).map(|_| self.own_record(owner)).collect();
        records.sort_unstable();
        records
    }

    /// The instruction that shares a record for a key, at its recipient's index.
    pub fn share(
        &self,
        owner: &Person,
        element: &RecordElement,
        record: Address,
        recipient: &Person,
        key: EncryptionKey,
    ) -> Instruction {
        let (capsule, _) = capsule::seal(element, &key, &mut OsRng);
        let args = ShareRecordArgs {
            key_index: recipient.key_index,
            capsule,
            expires_at: 0,
        };
        let owner = owner.address();
        self.instructions
            .share_record(owner, owner, record, &recipient.address(), args)
    }
}
