//! Draws the next step, from the state of the model and towards a chosen outcome. It draws until the model agrees that
//! the step has this outcome. So each success and each refusal occurs on purpose, the rarest first.

use rand_chacha::{ChaCha20Rng, rand_core::RngCore};

use crate::{
    draw::Draw,
    model::{Model, Status},
    refusal::{Refusal, Rule},
    step::{Kind, Step},
    tally::Tally,
};

/// The refusals of each instruction: those that the protocol lists, and those that follow if accounts are missing.
pub const REFUSALS: &[(Kind, &[Refusal])] = &[
    (
        Kind::SetEncryptionKey,
        &[
            Refusal::Unsigned,
            Refusal::InvalidSeeds,
            Refusal::Rule(Rule::InvalidPoint),
            Refusal::Rule(Rule::KeyIndexChanged),
            Refusal::TooPoor,
        ],
    ),
    (
        Kind::CreateRecord,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::InvalidSeeds,
            Refusal::Rule(Rule::LocatorLength),
            Refusal::Rule(Rule::InvalidPoint),
            Refusal::Rule(Rule::CapsuleProofInvalid),
            Refusal::Rule(Rule::AccountAlreadyExists),
            Refusal::TooPoor,
        ],
    ),
    (
        Kind::VerifyRecord,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongOwner),
            Refusal::Rule(Rule::AlreadyVerified),
        ],
    ),
    (
        Kind::DeleteRecord,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongUser),
            Refusal::Rule(Rule::WrongRentPayer),
            Refusal::Rule(Rule::DeleteNotAllowed),
            Refusal::Rule(Rule::RecordListed),
        ],
    ),
    (
        Kind::ShareRecord,
        &[
            Refusal::Unsigned,
            Refusal::NothingToRead,
            Refusal::Rule(Rule::WrongOwner),
            Refusal::InvalidSeeds,
            Refusal::Rule(Rule::NotVerified),
            Refusal::Rule(Rule::ExpiryInPast),
            Refusal::Rule(Rule::KeyIndexChanged),
            Refusal::Rule(Rule::InvalidPoint),
            Refusal::Rule(Rule::AccountAlreadyExists),
            Refusal::TooPoor,
        ],
    ),
    (
        Kind::RevokeShare,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongOwner),
            Refusal::Rule(Rule::WrongRentPayer),
        ],
    ),
    (
        Kind::CreateOrder,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongUser),
            Refusal::InvalidSeeds,
            Refusal::Rule(Rule::OrderLength),
            Refusal::Rule(Rule::PriceTooLow),
            Refusal::Rule(Rule::DeliveryWindow),
            Refusal::Rule(Rule::BuyerNotAllowed),
            Refusal::Rule(Rule::NotNextOrderId),
            Refusal::Rule(Rule::InvalidLabel),
            Refusal::Rule(Rule::WrongOwner),
            Refusal::Rule(Rule::RecordOrder),
            Refusal::Rule(Rule::MixedOwnerKeys),
            Refusal::Rule(Rule::NotVerified),
            Refusal::TooPoor,
        ],
    ),
    (
        Kind::CloseOrder,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongSeller),
            Refusal::Rule(Rule::WrongRentPayer),
            Refusal::Rule(Rule::PurchasesPending),
            Refusal::Rule(Rule::WrongRecord),
        ],
    ),
    (
        Kind::Purchase,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::InvalidSeeds,
            Refusal::Rule(Rule::InvalidPoint),
            Refusal::Rule(Rule::OrderNotOpen),
            Refusal::Rule(Rule::OwnOrder),
            Refusal::Rule(Rule::BuyerNotAllowed),
            Refusal::Rule(Rule::TermsChanged),
            Refusal::Rule(Rule::DeadlineOverflow),
            Refusal::Rule(Rule::AccountAlreadyExists),
            Refusal::Rule(Rule::Arithmetic),
            Refusal::TooPoor,
        ],
    ),
    (
        Kind::Deliver,
        &[
            Refusal::NothingToRead,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongOrder),
            Refusal::Rule(Rule::AlreadySettled),
            Refusal::Rule(Rule::AlreadyDelivered),
            Refusal::Rule(Rule::DeliveryTooLate),
            Refusal::Rule(Rule::SettleKeyChanged),
            Refusal::Rule(Rule::BatchLength),
            Refusal::Rule(Rule::WrongRecord),
            Refusal::Rule(Rule::SettleKeyInvalid),
            Refusal::Rule(Rule::InvalidPoint),
            Refusal::Rule(Rule::DeliveryProofInvalid),
            Refusal::Rule(Rule::AlreadyDelivered),
        ],
    ),
    (
        Kind::Refund,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongBuyer),
            Refusal::Rule(Rule::WrongOrder),
            Refusal::Rule(Rule::AlreadySettled),
            Refusal::Rule(Rule::RefundTooEarly),
        ],
    ),
    (
        Kind::ClosePurchase,
        &[
            Refusal::Unsigned,
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongBuyer),
            Refusal::Rule(Rule::NotSettled),
        ],
    ),
    (
        Kind::Settle,
        &[
            Refusal::NothingToWrite,
            Refusal::Rule(Rule::WrongSeller),
            Refusal::Rule(Rule::WrongOrder),
            Refusal::Rule(Rule::AlreadySettled),
            Refusal::Rule(Rule::NotLocked),
            Refusal::Rule(Rule::SettleKeyInvalid),
        ],
    ),
];

/// The weight with which each instruction is chosen to succeed.
const WEIGHTS: [(Kind, u32); 14] = [
    (Kind::SetEncryptionKey, 4),
    (Kind::CreateRecord, 20),
    (Kind::VerifyRecord, 13),
    (Kind::DeleteRecord, 9),
    (Kind::ShareRecord, 8),
    (Kind::RevokeShare, 6),
    (Kind::CreateOrder, 11),
    (Kind::CloseOrder, 10),
    (Kind::Purchase, 15),
    (Kind::Deliver, 14),
    (Kind::Refund, 6),
    (Kind::ClosePurchase, 8),
    (Kind::Settle, 11),
    (Kind::Transfer, 9),
];

/// The highest number of consecutive steps that prepare one refusal.
const PATIENCE: u8 = 4;

/// The number of steps that are kept to be sent again.
const REMEMBERED: usize = 64;

pub struct Generator {
    rng: ChaCha20Rng,
    /// The clock, without excursions of a single step.
    clock: i64,
    sent: Vec<Step>,
    /// The outcome that the last step prepared, and how many more preparing steps are allowed.
    prepared: Option<(Kind, Refusal)>,
    patience: u8,
}

impl Generator {
    pub fn new(rng: ChaCha20Rng) -> Self {
        Self {
            rng,
            clock: 1_800_000_000,
            sent: Vec::new(),
            prepared: None,
            patience: PATIENCE,
        }
    }

    /// The next step.
    pub fn next(&mut self, model: &Model, tally: &Tally) -> Step {
        let prepared = self.prepared.take();
        let step = match (prepared, self.below(100)) {
            (Some((kind, refusal)), _) => self.aim(model, kind, Err(refusal)),
            (None, 0..55) => {
                let kind = self.wanted(model);
                self.aim(model, kind, Ok(()))
            }
            (None, 55..90) => {
                let (kind, refusal) = self.rarest(tally);
                self.aim(model, kind, Err(refusal))
            }
            (None, 90..95) if !self.sent.is_empty() => {
                // The same bytes at another time: what was true then may be false now.
                let again = self.below(self.sent.len());
                Step {
                    at: self.clock,
                    ..self.sent[again].clone()
                }
            }
            (None, _) => {
                let kind = Kind::INSTRUCTIONS[self.below(13)];
                self.draw(model, kind, true)
            }
        };
        // Excursions to the end of time last one step.
        if step.at < i64::MAX / 2 {
            self.clock = step.at;
        }
        match self.sent.len() < REMEMBERED {
            true => self.sent.push(step.clone()),
            false => {
                let place = self.below(REMEMBERED);
                self.sent[place] = step.clone();
            }
        }
        step
    }

    fn below(&mut self, end: usize) -> usize {
        (self.rng.next_u64() % end as u64) as usize
    }

    fn draw(&mut self, model: &Model, kind: Kind, spoil: bool) -> Step {
        self.drawing(model).step(kind, spoil)
    }

    fn drawing<'a>(&'a mut self, model: &'a Model) -> Draw<'a> {
        Draw {
            rng: &mut self.rng,
            model,
            clock: self.clock,
        }
    }

    /// An instruction that should succeed, chosen by weight. If the ledger is full, it is emptied first.
    fn wanted(&mut self, model: &Model) -> Kind {
        let all = model.purchases.values();
        let settled = all.filter(|it| it.status == Status::Settled).count();
        let crowded = [
            (model.records.len() > 50, Kind::DeleteRecord),
            (model.orders.len() > 14, Kind::CloseOrder),
            (model.shares.len() > 20, Kind::RevokeShare),
            (settled > 10, Kind::ClosePurchase),
            (model.purchases.len() > 24, Kind::Refund),
        ];
        if let Some((_, kind)) = crowded.iter().find(|(crowded, _)| *crowded)
            && self.below(2) == 0
        {
            return *kind;
        }
        let total: u32 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut place = self.below(total as usize) as u32;
        for (kind, weight) in WEIGHTS {
            match place.checked_sub(weight) {
                None => return kind,
                Some(left) => place = left,
            }
        }
        unreachable!("the place is within the sum")
    }

    /// Of a few refusals, the one that occurred least often.
    fn rarest(&mut self, tally: &Tally) -> (Kind, Refusal) {
        let met = |kind: Kind, refusal: Refusal| {
            let here = tally.get(&(kind, Some(refusal))).copied().unwrap_or(0);
            let all = tally.iter().filter(|((_, met), _)| *met == Some(refusal));
            match refusal {
                // The program's own errors are counted over all instructions, but each must occur with every
                // instruction that has it. The other errors are counted for each instruction.
                _ if here == 0 => 0,
                Refusal::Rule(_) => here + all.map(|(_, count)| count).sum::<usize>(),
                _ => 4 * here,
            }
        };
        let count: usize = REFUSALS.iter().map(|(_, refusals)| refusals.len()).sum();
        let drawn: Vec<(Kind, Refusal)> = (0..4)
            .map(|_| {
                let place = self.below(count);
                let mut all = REFUSALS
                    .iter()
                    .flat_map(|(kind, refusals)| refusals.iter().map(move |one| (*kind, *one)));
                all.nth(place).expect("within the count")
            })
            .collect();
        let rarest = drawn
            .into_iter()
            .min_by_key(|(kind, refusal)| met(*kind, *refusal));
        rarest.expect("four were drawn")
    }

    /// A step with the chosen outcome, or one that leads there if none is found.
    fn aim(&mut self, model: &Model, kind: Kind, wanted: Result<(), Refusal>) -> Step {
        let mut next = Some((kind, wanted));
        let mut last = None;
        while let Some((kind, wanted)) = next {
            for _ in 0..48 {
                let step = self.draw(model, kind, wanted.is_err());
                if model.judge(&step) == wanted {
                    if wanted.is_err() {
                        self.patience = PATIENCE;
                    }
                    return step;
                }
                last = Some(step);
            }
            next = match wanted {
                // It needs a price so high that no number of lamports can hold it together with a rent.
                Err(Refusal::Rule(Rule::Arithmetic)) => {
                    let step = self.drawing(model).priceless_order();
                    if model.judge(&step).is_ok() {
                        return step;
                    }
                    Some((Kind::CreateOrder, Ok(())))
                }
                // It needs a purchase that is delivered in part, which rarely exists for long.
                Err(refusal @ Refusal::Rule(Rule::SettleKeyChanged)) => {
                    match self.patience.checked_sub(1) {
                        Some(left) => {
                            (self.prepared, self.patience) = (Some((kind, refusal)), left);
                        }
                        None => self.patience = PATIENCE,
                    }
                    for _ in 0..8 {
                        let step = self.drawing(model).first_delivery();
                        if model.judge(&step).is_ok() {
                            return step;
                        }
                    }
                    Some((Kind::Purchase, Ok(())))
                }
                Err(_) => Some((kind, Ok(()))),
                Ok(()) => enabler(kind).map(|kind| (kind, Ok(()))),
            };
        }
        last.expect("at least one was drawn")
    }
}

/// The step that must happen before.
fn enabler(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::SetEncryptionKey | Kind::Transfer => None,
        Kind::CreateRecord => Some(Kind::SetEncryptionKey),
        Kind::VerifyRecord | Kind::DeleteRecord => Some(Kind::CreateRecord),
        Kind::ShareRecord | Kind::CreateOrder => Some(Kind::VerifyRecord),
        Kind::RevokeShare => Some(Kind::ShareRecord),
        Kind::CloseOrder | Kind::Purchase => Some(Kind::CreateOrder),
        Kind::Deliver | Kind::Refund => Some(Kind::Purchase),
        Kind::Settle => Some(Kind::Deliver),
        Kind::ClosePurchase => Some(Kind::Settle),
    }
}
