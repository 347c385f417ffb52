//! The events of studies alone rebuild everything that their accounts ever held, except letters and bumps.

use generion_program_tests::{Chronicle, History, PRICE};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use crate::{
    research::{Research, SEAT_RENT},
    support::Scene,
};

/// Sends instructions, and compares what their events tell with the ledger after each.
struct Witness {
    research: Research,
    chronicle: Chronicle,
    /// Names of the events that it saw.
    seen: Vec<&'static str>,
}

impl Witness {
    /// The witness comes when the people have keys and records, and before the study.
    fn new(research: Research) -> Self {
        let mut chronicle = Chronicle::default();
        chronicle.history = History::of(&research.scene.world);
        Self {
            research,
            chronicle,
            seen: vec![],
        }
    }

    #[track_caller]
    fn sees(&mut self, instruction: Instruction, signers: &[&Keypair]) {
        let landed = self.research.scene.world.lands(instruction, signers);
        let [event] = &landed.events[..] else {
            panic!("{:?}", landed.events)
        };
        let told = self.chronicle.tell(event);
        assert!(told.is_some(), "a contradiction: {event:?}");
        self.seen.push(event.name());
        assert_eq!(
            self.chronicle.history,
            History::of(&self.research.scene.world)
        );
    }

    /// The researcher's next study for one record, with a vault that pays two seats.
    #[track_caller]
    fn study(&mut self, admission: u8) {
        let research = &self.research;
        let args = research.args(1, 1, |args| args.admission = admission);
        let create = research.create_study(args);
        let study = create.accounts[3].pubkey;
        let vault = research.scene.world.instructions.addresses.vault(&study);
        let [researcher, sponsor] = [&research.researcher, &research.scene.sponsor]
            .map(|person| person.wallet.insecure_clone());
        self.sees(create, &[&researcher, &sponsor]);
        (self.research.study, self.research.vault) = (study, vault);
        // A plain transfer logs no event.
        self.research.fund(2 * (PRICE + SEAT_RENT));
    }

    /// Somebody offers a record to the study; the order.
    #[track_caller]
    fn offer(&mut self, participant: &Person, record: Address) -> Address {
        let offer = self.research.offer(participant, &[record], |_| {});
        let order = offer.accounts[3].pubkey;
        self.sees(offer, &[&participant.wallet]);
        order
    }
}

/// A study by selection and an open one, from their creation to their end: after each instruction, the accounts rebuilt
/// from the log equal those on the ledger.
#[test]
fn the_log_alone_rebuilds_studies() {
    let mut research = Research::without_study(1);
    let [first, second] = [(); 2].map(|()| research.scene.world.user());
    let records = [&first, &second, &first].map(|owner| research.record_of(owner));
    let [researcher, admitter, sponsor, stranger] = [
        &research.researcher,
        &research.admitter,
        &research.scene.sponsor,
        &research.scene.stranger,
    ]
    .map(|person| person.wallet.insecure_clone());
    let mut witness = Witness::new(research);

    witness.study(0);
    let order = witness.offer(&first, records[0]);
    let join = witness.research.join(&first, order);
    let seat = join.accounts[4].pubkey;
    witness.sees(join, &[&first.wallet]);
    let Scene { world, .. } = &mut witness.research.scene;
    let delivery = world.prove(&first, &seat, 0, 1);
    let deliver = world.deliver(&seat, 0, &delivery);
    witness.sees(deliver, &[&stranger]);
    let settle = witness.research.scene.world.settle(&first, &seat);
    witness.sees(settle, &[&stranger]);
    let later = witness.research.state().closes_at + 1;
    let extend = witness.research.update(Some(later));
    witness.sees(extend, &[&researcher]);
    let end = witness.research.update(None);
    witness.sees(end, &[&researcher]);
    witness.research.end();
    let close_seat = witness.research.close_seat(&first);
    witness.sees(close_seat, &[&researcher]);
    let withdraw = witness.research.withdraw(PRICE);
    witness.sees(withdraw, &[&researcher]);
    let close_study = witness.research.close_study();
    witness.sees(close_study, &[&researcher]);

    witness.study(1);
    for (participant, record) in [(&first, records[2]), (&second, records[1])] {
        let order = witness.offer(participant, record);
        let apply = witness.research.apply(participant, order);
        let application = apply.accounts[4].pubkey;
        witness.sees(apply, &[&participant.wallet, &sponsor]);
        if participant.address() == first.address() {
            let admit = witness.research.admit(application);
            witness.sees(admit, &[&admitter]);
        } else {
            let withdraw = witness
                .research
                .withdraw_application(participant, application);
            witness.sees(withdraw, &[&participant.wallet]);
        }
    }

    let mut seen = witness.seen;
    seen.sort_unstable();
    seen.dedup();
    let studies = [
        "ApplicationWithdrawn",
        "BudgetWithdrawn",
        "Delivered",
        "OrderCreated",
        "ParticipantAdmitted",
        "SeatClosed",
        "Settled",
        "StudyApplied",
        "StudyClosed",
        "StudyCreated",
        "StudyJoined",
        "StudyUpdated",
    ];
    assert_eq!(seen, studies);
}
