use generion::ID;
use generion_interface::{Deployment, GenesisHash};
use generion_test_support::Person;
use rand_chacha::rand_core::RngCore;
use solana_keypair::Keypair;

use crate::vm::World;

/// The deployment in the VM. The program can't see the genesis hash, which only matters to signatures of wallets and to
/// the derivation of keys.
pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([0x67; 32]),
    program_id: ID,
};

impl World {
    /// A person with 100 SOL.
    pub fn person(&mut self) -> Person {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        let person = Person::new(Keypair::new_from_array(seed), DEPLOYMENT);
        self.svm
            .airdrop(&person.address(), 100_000_000_000)
            .expect("an airdrop");
        person
    }

    /// A person with 100 SOL and a published encryption key.
    pub fn user(&mut self) -> Person {
        let person = self.person();
        self.publish_key(&person);
        person
    }

    /// Publishes a person's key at the current index.
    #[track_caller]
    pub fn publish_key(&mut self, person: &Person) -> crate::executed::Executed {
        let wallet = person.address();
        let instruction =
            self.instructions
                .set_encryption_key(wallet, wallet, person.published_key());
        self.lands(instruction, &[&person.wallet])
    }
}
