//! The events alone rebuild everything that the accounts ever held, except capsules, locators and bumps.

use generion::{
    ShareRecordArgs,
    constants::{CREATOR_DELETE_DELAY, REFUND_GRACE},
    state::{Share, User},
};
use generion_crypto::capsule;
use generion_program_tests::{Chronicle, History};
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::support::{Scene, record_state};

/// Sends instructions, and compares what their events tell with the ledger after each.
struct Witness {
    scene: Scene,
    chronicle: Chronicle,
    /// Names of the events that it saw.
    seen: Vec<&'static str>,
}

impl Witness {
    #[track_caller]
    fn sees(&mut self, instruction: Instruction, signers: &[&Keypair]) {
        let landed = self.scene.world.lands(instruction, signers);
        let [event] = &landed.events[..] else {
            panic!("{:?}", landed.events)
        };
        let told = self.chronicle.tell(event);
        assert!(told.is_some(), "a contradiction: {event:?}");
        self.seen.push(event.name());
        assert_eq!(self.chronicle.history, History::of(&self.scene.world));
    }
}

/// After each of a sequence of all instructions, the accounts rebuilt from the log equal those on the ledger.
#[test]
fn the_log_alone_rebuilds_the_accounts() {
    // The people's first keys were published before the witness came.
    let mut scene = Scene::new(1);
    scene.patient.key_index = 1;
    scene.doctor.key_index = 1;
    let mut chronicle = Chronicle::default();
    for person in [&scene.patient, &scene.doctor] {
        let address = scene.world.instructions.addresses.user(&person.address());
        let user: User = scene.world.read(&address);
        let user = User { bump: 0, ..user };
        chronicle.history.users.insert(address, user);
    }
    let mut witness = Witness {
        scene,
        chronicle,
        seen: vec![],
    };
    macro_rules! sees {
        ($instruction:expr, $($signer:ident),+) => {{
            let instruction = $instruction;
            let signers = [$(witness.scene.$signer.wallet.insecure_clone()),+];
            witness.sees(instruction, &signers.iter().collect::<Vec<_>>());
        }};
    }
    let instructions = witness.scene.world.instructions;

    for person in [&witness.scene.patient, &witness.scene.doctor] {
        let (wallet, key) = (person.address(), person.published_key());
        let set = instructions.set_encryption_key(wallet, wallet, key);
        let signer = person.wallet.insecure_clone();
        let landed = witness.scene.world.lands(set, &[&signer]);
        witness
            .chronicle
            .tell(&landed.events[0])
            .expect("a first key");
        witness.seen.push(landed.events[0].name());
    }

    let mut records = vec![];
    for _ in 0..5 {
        let Scene {
            world,
            clinic,
            patient,
            ..
        } = &mut witness.scene;
        let record = world.new_record(clinic, patient);
        sees!(witness.scene.create_record(&record), clinic, sponsor);
        records.push(record);
    }
    let own = {
        let Scene { world, patient, .. } = &mut witness.scene;
        world.new_record(patient, patient)
    };
    let patient = witness.scene.patient.address();
    sees!(
        instructions.create_record(&patient, &own.owner_key, patient, patient, own.args),
        patient
    );
    for record in &records[..4] {
        sees!(instructions.verify_record(patient, record.address), patient);
    }

    let doctor = witness.scene.doctor.address();
    let args = ShareRecordArgs {
        key_index: 1,
        capsule: capsule::seal(
            &records[0].element,
            &witness.scene.doctor.key(),
            &mut witness.scene.world.rng,
        )
        .0,
        expires_at: witness.scene.world.time() + 1,
    };
    let share = instructions.share_record(patient, patient, records[0].address, &doctor, args);
    let share_address = share.accounts[4].pubkey;
    sees!(share, patient);
    let state: Share = witness.scene.world.read(&share_address);
    sees!(instructions.revoke_share(share_address, &state), patient);

    // Two orders have a record in common, the second is for one buyer only; the first is delivered in two parts and
    // settled, and refunded to another buyer.
    let buyer = witness.scene.buyer.address();
    let [order, other] = [([0, 1, 3], None), ([1, 2, 3], Some(buyer))].map(|(which, only)| {
        let mut listed = which.map(|index: usize| records[index].address);
        listed.sort_unstable();
        let create = witness
            .scene
            .create_order(&listed, |args| args.only_buyer = only);
        let address = create.accounts[3].pubkey;
        sees!(create, patient, sponsor);
        address
    });
    let buy = witness.scene.world.purchase(&witness.scene.buyer, &order);
    let purchase = buy.accounts[2].pubkey;
    sees!(buy, buyer);
    let buy = witness.scene.world.purchase(&witness.scene.doctor, &order);
    let declined = buy.accounts[2].pubkey;
    sees!(buy, doctor);
    sees!(witness.scene.delivery(&purchase, 2, 1), stranger);
    sees!(witness.scene.close_order(&order), patient);
    sees!(witness.scene.delivery(&purchase, 0, 2), stranger);
    sees!(witness.scene.settle(&purchase), stranger);
    let late = witness.scene.purchase_state(&declined).deadline;
    witness.scene.at(late + REFUND_GRACE);
    sees!(
        witness.scene.refund(&witness.scene.stranger, &declined),
        stranger
    );
    sees!(instructions.close_purchase(buyer, purchase), buyer);
    sees!(witness.scene.close_order(&order), patient);
    sees!(
        witness
            .scene
            .delete_record(&witness.scene.patient, &records[0].address),
        patient
    );
    sees!(witness.scene.close_order(&other), patient);
    let unverified = record_state(&witness.scene.world, &records[4].address).created_at;
    witness.scene.at(unverified + CREATOR_DELETE_DELAY);
    sees!(
        witness
            .scene
            .delete_record(&witness.scene.clinic, &records[4].address),
        clinic
    );

    let mut seen = witness.seen;
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 14, "every kind of event: {seen:?}");
}
