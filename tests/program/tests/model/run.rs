//! A run: a new ledger, the model beside it, and the steps so far.

use std::collections::BTreeMap;

use generion_crypto::{
    capsule, delivery::open_settled, record::RecordElement, settle::SettleSecret,
};
use generion_interface::{
    accounts::{PurchaseAccount, RecordAccount},
    events::{self, Event},
};
use generion_program_tests::{Chronicle, History, World, paid_out};
use litesvm::LiteSVM;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;

use crate::{
    build::build,
    cast::{Cast, PAUPER, everybody},
    generate::Generator,
    ledger::{Before, Check, Watch},
    model::{FEE, GRACE, Model, Status},
    step::{At, Call, OnlyBuyer, OrderId, RecordId, Step, Who},
    tally::Tally,
};

/// The point at which model and ledger differ.
#[derive(Clone, Debug)]
pub struct Divergence {
    /// The number of the step.
    pub at: usize,
    /// The difference.
    pub what: String,
}

pub struct Run {
    world: World,
    cast: Cast,
    pub model: Model,
    watch: Watch,
    /// The history that the events tell.
    chronicle: Chronicle,
    pub tally: Tally,
    /// Whether each step so far succeeded.
    pub succeeded: Vec<bool>,
    /// How often each notable situation occurred.
    pub notable: BTreeMap<&'static str, usize>,
    /// The ledger before the first step.
    start: LiteSVM,
}

/// The lamports of a wallet at the start.
const PLENTY: u64 = 100_000_000_000_000;

/// The lamports of all wallets at the start, by the rent minimum of an empty account.
fn wallets(least: u64) -> BTreeMap<At, u64> {
    let lamports = |who| match who {
        PAUPER => least + 10_000,
        _ => PLENTY,
    };
    everybody()
        .map(|who| (At::Wallet(who), lamports(who)))
        .collect()
}

impl Run {
    pub fn new() -> Self {
        let (mut world, mut cast) = (World::new(0), Cast::new());
        // The largest account is a purchase of 24 records.
        let rent: Vec<u64> = (0..=236 + 64 * 24)
            .map(|len| world.svm.minimum_balance_for_rent_exemption(len))
            .collect();
        let wallets = wallets(rent[0]);
        for (at, lamports) in &wallets {
            let address = cast.address(*at);
            world.svm.airdrop(&address, *lamports).expect("an airdrop");
        }
        let model = Model::new(rent, wallets);
        let watch = Watch::new(&world, &model, &mut cast);
        Self {
            start: world.svm.clone(),
            world,
            cast,
            model,
            watch,
            chronicle: Chronicle::default(),
            tally: Tally::new(),
            succeeded: Vec::new(),
            notable: NOTABLE.map(|what| (what, 0)).into(),
        }
    }

    /// Returns to the state before the first step.
    fn restart(&mut self) {
        self.world.svm = self.start.clone();
        let rent = std::mem::take(&mut self.model.rent);
        let wallets = wallets(rent[0]);
        self.model = Model::new(rent, wallets);
        self.watch = Watch::new(&self.world, &self.model, &mut self.cast);
        self.chronicle = Chronicle::default();
        self.tally.clear();
        self.succeeded.clear();
    }

    /// Runs a step on the ledger and in the model, and compares them.
    pub fn step(&mut self, step: &Step) -> Result<(), Divergence> {
        let number = self.succeeded.len();
        self.try_step(step)
            .map_err(|what| Divergence { at: number, what })
    }

    fn try_step(&mut self, step: &Step) -> Result<(), String> {
        let Self {
            world,
            cast,
            model,
            watch,
            ..
        } = self;
        let verdict = model.judge(step);
        let (instruction, made) = build(model, cast, step);

        let mut signers = vec![step.fee_payer];
        for who in step.call.signers() {
            if !signers.contains(&who) && step.unsigned != Some(who) {
                signers.push(who);
            }
        }
        let fee = FEE * signers.len() as u64;
        let mut touched = step.call.addresses();
        touched.push(At::Wallet(step.fee_payer));
        let before: Before = touched
            .iter()
            .map(|at| cast.address(*at))
            .filter_map(|address| Some((address, world.svm.accounts_db().get_account(&address)?)))
            .collect();
        let signed: Vec<Address> = signers
            .iter()
            .map(|who| cast.address(At::Wallet(*who)))
            .collect();

        world.set_time(step.at);
        let keypairs: Vec<_> = signers.iter().map(|who| cast.wallet(*who)).collect();
        let outcome = world.submit(&[instruction], &keypairs);

        self.succeeded.push(verdict.is_ok());
        *self
            .tally
            .entry((step.call.kind(), verdict.err()))
            .or_default() += 1;
        model.charge(step.fee_payer, signers.len() as u64);
        let mut logged = Vec::new();
        match (&outcome, verdict) {
            (Ok(logs), Ok(())) => {
                for what in notable(model, step) {
                    *self.notable.get_mut(what).expect("it is listed") += 1;
                }
                model.apply(step, made);
                logged = events::from_logs(&generion::ID, logs.iter().map(String::as_str));
            }
            (Ok(_), Err(refusal)) => return Err(format!("it succeeded, by the model {refusal:?}")),
            (Err(refused), Ok(())) => {
                let error = format!("{:?}\n{}", refused.error, refused.logs.join("\n"));
                return Err(format!("by the model it succeeds, it ended with {error}"));
            }
            (Err(refused), Err(refusal)) if !refusal.is(&refused.error) => {
                let error = format!("{:?}\n{}", refused.error, refused.logs.join("\n"));
                return Err(format!(
                    "by the model it is {refusal:?}, it ended with {error}"
                ));
            }
            (Err(_), Err(_)) => {}
        }
        watch.expect(model, cast, &touched);
        let now_and_then = self.succeeded.len().is_multiple_of(64);
        if now_and_then {
            watch.expect_all(model, cast);
        }
        let payer = cast.address(At::Wallet(step.fee_payer));
        let out = watch.consented(world, &before, &signed, (payer, fee))?;
        watch.compare(world, model, cast, fee)?;
        watch.consistent(world, model)?;
        if outcome.is_ok()
            && let Call::Settle {
                purchase: At::Purchase(id, buyer),
                ..
            } = &step.call
        {
            opens(world, model, cast, *id, *buyer)?;
        }
        if outcome.is_ok() && !matches!(step.call, Call::Transfer { .. }) {
            tell(&mut self.chronicle, &logged, out)?;
        }
        if now_and_then {
            agrees(&self.chronicle.history, world)?;
        }
        Ok(())
    }

    /// Runs drawn steps until there are `count`. Returns the steps, and the difference between model and ledger if
    /// there is one.
    pub fn drawn(seed: u64, count: usize) -> (Self, Vec<Step>, Option<Divergence>) {
        let mut run = Self::new();
        let mut generator = Generator::new(ChaCha20Rng::seed_from_u64(seed));
        let mut steps = Vec::with_capacity(count);
        for _ in 0..count {
            let step = generator.next(&run.model, &run.tally);
            steps.push(step.clone());
            if let Err(divergence) = run.step(&step) {
                return (run, steps, Some(divergence));
            }
        }
        (run, steps, None)
    }

    /// Returns to the start and runs these steps instead.
    pub fn replay(&mut self, steps: &[Step]) -> Option<Divergence> {
        self.restart();
        steps.iter().find_map(|step| self.step(step).err())
    }
}

/// A success logs one event, which fits the earlier events and states the lamports that were paid out.
fn tell(chronicle: &mut Chronicle, logged: &[Event], out: u64) -> Check {
    let [event] = logged else {
        return Err(format!("not one event was logged, but {logged:?}"));
    };
    let told = paid_out(event);
    if told != out {
        return Err(format!(
            "{out} lamports went out, and {told} are told of: {event:?}"
        ));
    }
    let fits = chronicle.tell(event);
    fits.ok_or_else(|| format!("this contradicts what was told before: {event:?}"))
}

/// With the buyer's secret and the one on the ledger, the delivered capsules decrypt to the elements of the records.
fn opens(world: &World, model: &Model, cast: &mut Cast, id: OrderId, buyer: Who) -> Check {
    let PurchaseAccount { state, capsules } = world.read(&cast.address(At::Purchase(id, buyer)));
    let bought = cast.purchase_secret(model.purchases[&(id, buyer)].key);
    let settled = SettleSecret::from_bytes(&state.settle_key)
        .ok_or_else(|| format!("{:02x?} is no settle secret", state.settle_key))?;
    // The keys of an element. They depend on the wallets, but any wallets will do here.
    let key = |element: RecordElement| {
        let wallet = Address::default();
        element.record_key(&wallet, &wallet).data_public_key()
    };
    for (record, delivered) in model.orders[&id].records.iter().zip(capsules) {
        let held = world.read::<RecordAccount>(&cast.address(At::Record(*record)));
        let secret = cast.secret_of(record.key);
        let held = capsule::open(&held.state.capsule, secret).map_err(|it| it.to_string())?;
        let opened = delivered.and_then(|it| open_settled(&it, &bought, &settled).ok());
        if opened.map(key) != Some(key(held)) {
            return Err(format!("{buyer:?} does not open {record:?} of {id:?}"));
        }
    }
    Ok(())
}

/// The accounts equal what the events told.
fn agrees(told: &History, world: &World) -> Check {
    let held = History::of(world);
    match *told == held {
        true => Ok(()),
        false => Err(format!(
            "the events tell\n{told:?}\nthe accounts hold\n{held:?}"
        )),
    }
}

/// Situations that every run must reach. A run without one of them did not test enough.
const NOTABLE: [&str; 18] = [
    "account made where lamports were",
    "batch of several records",
    "creator deleted",
    "delivery after the deadline",
    "delivery in parts",
    "delivery of an old key's records",
    "key rotated",
    "purchase closed after its order",
    "order for one buyer sold",
    "purchase repeated",
    "record made where lamports were",
    "record written again",
    "refund by anybody",
    "refund of a delivery in parts",
    "refund of a locked purchase",
    "settled after the refund was open",
    "settled with a second price to spare",
    "share revoked after its record",
];

/// The notable situations of a step that is about to succeed.
fn notable(model: &Model, step: &Step) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let mut note = |holds: bool, what| seen.extend(holds.then_some(what));
    let purchase_at = |at: &At| match at {
        At::Purchase(id, buyer) => &model.purchases[&(*id, *buyer)],
        other => unreachable!("{other:?} is no purchase"),
    };
    match &step.call {
        Call::SetEncryptionKey { wallet, user, .. } => {
            let rotated = model.users.contains_key(wallet);
            note(rotated, "key rotated");
            note(
                !rotated && model.held(*user) > 0,
                "account made where lamports were",
            );
        }
        Call::CreateRecord {
            record: at @ At::Record(id),
            ..
        } => {
            note(model.held(*at) > 0, "record made where lamports were");
            note(model.written.contains(id), "record written again");
        }
        Call::CreateOrder { order: at, .. } | Call::ShareRecord { share: at, .. } => {
            note(model.held(*at) > 0, "account made where lamports were");
        }
        Call::Purchase {
            buyer,
            purchase,
            order: At::Order(id),
            ..
        } => {
            note(
                model.held(*purchase) > 0,
                "account made where lamports were",
            );
            note(model.bought.contains(&(*id, *buyer)), "purchase repeated");
            let only = model.orders[id].only_buyer;
            note(only != OnlyBuyer::Anyone, "order for one buyer sold");
        }
        Call::DeleteRecord {
            authority,
            record: At::Record(RecordId { owner, .. }),
            ..
        } => {
            note(authority != owner, "creator deleted");
        }
        Call::RevokeShare {
            share: At::Share(record, _),
            ..
        } => {
            note(
                !model.records.contains_key(record),
                "share revoked after its record",
            );
        }
        Call::Deliver {
            order: At::Order(OrderId(seller, _)),
            purchase,
            records,
            proof,
            ..
        } => {
            let state = purchase_at(purchase);
            note(records.len() > 1, "batch of several records");
            note(records.len() < state.slots.len(), "delivery in parts");
            note(step.at > state.deadline, "delivery after the deadline");
            note(
                proof.sale.secret != model.users[seller].key,
                "delivery of an old key's records",
            );
        }
        Call::Settle { purchase, .. } => {
            let state = purchase_at(purchase);
            let spare = model
                .surplus
                .get(purchase)
                .is_some_and(|it| *it >= state.price);
            note(spare, "settled with a second price to spare");
            let due = state.deadline.max(state.settle_by).saturating_add(GRACE);
            note(step.at >= due, "settled after the refund was open");
        }
        Call::Refund {
            authority,
            order: At::Order(OrderId(seller, _)),
            purchase,
            ..
        } => {
            note(authority != seller, "refund by anybody");
            let state = purchase_at(purchase);
            let begun = state.slots.iter().any(Option::is_some);
            let locked = state.status == Status::Locked;
            note(begun && !locked, "refund of a delivery in parts");
            note(locked, "refund of a locked purchase");
        }
        Call::ClosePurchase {
            purchase: At::Purchase(id, _),
            ..
        } => {
            note(
                !model.orders.contains_key(id),
                "purchase closed after its order",
            );
        }
        _ => {}
    }
    seen
}
