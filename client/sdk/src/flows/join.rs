//! A study as a participant has it: which of the participant's records match, and joining a study with open admission.
//!
//! What a joining transaction discloses is known to everybody who sees the transaction, whether it lands or not. So
//! everything that can make it fail is checked before, it is never simulated, and it is sent only while the study is sure to
//! stay open and to have its budget.

use generion::{CreateOrderArgs, JoinStudyArgs, args::Disclosures, constants::STUDY_NOTICE};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, StudyAccount};
use generion_studies::{
    description::{Admission, DescriptionFile},
    matching::Match,
};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_signer::Signer;

use super::{
    matching::{Opened, Participant, disclosures},
    study::{Budget, terms_of},
};
use crate::{
    client::Client,
    error::ClientError,
    ledger::{KeyedAccount, filter::Filter, rent::AccountToCreate},
    saved::offers::{Offer, Offers},
    transaction::{
        budget::limits,
        prepared::{Common, Disclosing, Prepared},
    },
};

/// The seconds by which a seat's deadline is earlier than the last one that the program takes, and by which two clocks may
/// differ.
const CLOCK_MARGIN: i64 = 120;

/// What a participant agrees to besides the description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JoinOptions {
    /// Whether to join for the last seat that the budget pays for. Another participant may take it first, and the facts are
    /// disclosed for nothing.
    pub accept_last_seat: bool,
    /// Whether the order may be made in a transaction of its own, where both do not fit one. That publishes that the wallet
    /// wants into the study before the seat is sure.
    pub accept_separate_order: bool,
}

/// A seat that is to be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The seat.
    pub seat: Address,
    /// The order that the vault buys.
    pub offer: Offer,
    /// Until when the participant will deliver: Unix time in seconds.
    pub deadline: i64,
}

/// The next step of a participant who joins a study.
pub enum Joining<'a> {
    /// The participant has a seat: nothing is left to do but to deliver.
    Joined(Box<KeyedAccount<PurchaseAccount>>),
    /// The order is made first, in a transaction of its own. Then the flow is called again.
    OrderFirst(Prepared<'a, Offer>),
    /// Order and seat, or the seat alone where the order is there.
    Join(Disclosing<'a, Joined>),
}

impl Client {
    /// Compares a study on the ledger with its description, and returns what the ledger says.
    ///
    /// # Errors
    /// [`ClientError::Argument`] where they differ in anything that a participant agrees to, or the sponsor did not sign the
    /// description; [`ClientError::Witness`] where the nodes don't agree on the study.
    pub async fn agreed_study(
        &self,
        file: &DescriptionFile,
    ) -> Result<KeyedAccount<StudyAccount>, ClientError> {
        let address = file.description().study;
        let everything = |study: &StudyAccount| {
            let mut state = study.state;
            // The only field that changes without the sponsor.
            state.seats = 0;
            (state, study.tail.clone())
        };
        let (account, doubt) = self
            .witnessed::<StudyAccount, _>(&address, everything)
            .await?;
        if let Some(doubt) = doubt {
            return Err(doubt);
        }
        let sponsor = account.state.sponsor;
        file.verify(*self.ledger.deployment(), sponsor)
            .map_err(|error| ClientError::Argument(format!("study {address}: {error}")))?;
        if file.hash() != account.state.description_hash {
            return Err(ClientError::Argument(format!(
                "study {address} has another description than this file: get the file with SHA-256 {}",
                hex::encode(account.state.description_hash)
            )));
        }
        if let Some(difference) = file.description().difference(&terms_of(&address, &account)) {
            return Err(ClientError::Argument(format!(
                "study {address}: the ledger and the description differ in the {difference}. Don't take part: what you agree to is not what would happen"
            )));
        }
        Ok(KeyedAccount { address, account })
    }

    /// Joins a study with open admission, with these records. What is left to do follows from the ledger: where a seat or an
    /// order is there, it is not made again, and the facts that are disclosed are the same each time.
    ///
    /// # Errors
    /// [`ClientError::Argument`] for everything for which the program would refuse the seat, in words; those of
    /// [`Self::agreed_study`] and of opening records. Nothing is disclosed then.
    pub async fn join_study<'a>(
        &'a self,
        participant: Participant<'a>,
        file: &DescriptionFile,
        records: &[Address],
        options: JoinOptions,
    ) -> Result<Joining<'a>, ClientError> {
        let Participant {
            wallet: signer,
            keys,
            payer,
            offers,
        } = participant;
        let wallet = signer.pubkey();
        let study = self.agreed_study(file).await?;
        let addresses = self.ledger.addresses();
        let vault = addresses.vault(&study.address);
        let seat = addresses.seat(&vault, &wallet);
        if let Some(account) = self.ledger.find::<PurchaseAccount>(&seat).await? {
            let address = seat;
            return Ok(Joining::Joined(Box::new(KeyedAccount { address, account })));
        }
        let now = self.time_of_ledger_and_machine().await?;
        check_study(&study, &wallet, now)?;
        let budget = self.budget_everywhere(&study).await?;
        check_budget(&study.address, &budget, options)?;

        let opened = self
            .opened_matches(keys, file.description(), records)
            .await?;
        let (order, create) = self.study_order(&study, &wallet, payer, &opened).await?;
        let offer = Offer {
            order,
            seller: wallet,
            price: study.account.state.reward,
            delivery_window: study.account.state.delivery_window,
            label: String::new(),
            only_buyer: Some(vault),
            records: opened.iter().map(|(_, one)| one.record.address).collect(),
        };
        let window = i64::from(offer.delivery_window);
        let deadline = now + (window - CLOCK_MARGIN);
        self.require_later_deadline(&seat, deadline, window).await?;
        let args = JoinStudyArgs {
            description_hash: file.hash(),
            deadline,
            disclosures: Disclosures(disclosures(&opened)?),
        };
        let builder = self.ledger.instructions();
        let join = builder.join_study(wallet, study.address, order, &offer.records, args);
        let mut instructions: Vec<Instruction> = create.iter().cloned().collect();
        instructions.push(join);
        let account = AccountToCreate::Order(offer.records.len());
        let deployment = self.ledger.deployment();
        // A node can lie about the next id, so an offer that was saved for this order earlier is replaced only once the seat is
        // there. (Where the order was made before, and not the seat, the offer is saved then, too.)
        let is_first = Offers::load(offers, deployment)?.get(&order).is_err();
        if let Some(create) = create.clone()
            && !self.ledger.fits(&instructions, &payer.pubkey())
        {
            if !options.accept_separate_order {
                return Err(ClientError::Argument(format!(
                    "order and seat do not fit one transaction. The order can be made first, which shows to everybody that wallet {wallet} wants into study {} before the seat is sure",
                    study.address
                )));
            }
            let saved = offer.clone();
            let prepared = Prepared::new(&self.ledger, vec![create], payer, vec![signer], offer);
            let mut prepared = prepared.creating(account);
            if is_first {
                prepared = prepared.saving(move || Offers::add(offers, deployment, &saved));
            }
            return Ok(Joining::OrderFirst(prepared));
        }
        let common = Common {
            ledger: &self.ledger,
            payer,
            signers: vec![signer],
            units: limits::JOIN_STUDY,
            accounts: create.iter().map(|_| account).collect(),
        };
        let last = study
            .account
            .state
            .closes_at
            .saturating_sub(STUDY_NOTICE + 1);
        let not_after = deadline.min(last);
        let saved = offer.clone();
        let save = move || Offers::add(offers, deployment, &saved);
        let joined = Joined {
            seat,
            offer,
            deadline,
        };
        Ok(Joining::Join(common.disclosing(
            instructions,
            not_after,
            is_first,
            save,
            joined,
        )))
    }

    /// The latest of the ledger's clock and the machine's. Refused where they differ too much: then one of them is wrong, and the
    /// program could refuse the deadline of a seat.
    async fn time_of_ledger_and_machine(&self) -> Result<i64, ClientError> {
        let witnesses = self.ledger.witnesses();
        let (earliest, latest) = match witnesses.nodes().len() {
            1 => {
                let (ledger, machine) = (self.ledger.unix_time().await?, witnesses.local_time());
                (ledger.min(machine), ledger.max(machine))
            }
            _ => {
                let clock = witnesses.clock().await?;
                (clock.earliest().min(clock.local), clock.latest())
            }
        };
        // A node can name any time.
        let difference = latest.saturating_sub(earliest);
        match difference > CLOCK_MARGIN {
            true => Err(ClientError::Argument(format!(
                "the ledger's clock and this machine's differ by {difference} seconds: set this machine's clock, or ask another node"
            ))),
            false => Ok(latest),
        }
    }

    /// The budget of a study, as the node that shows the least says.
    async fn budget_everywhere(
        &self,
        study: &KeyedAccount<StudyAccount>,
    ) -> Result<Budget, ClientError> {
        let mut budget = self.budget(&study.address, &study.account.state).await?;
        for node in &self.ledger.nodes()[1..] {
            let lamports = node.rpc().get_balance(&budget.vault).await;
            let lamports = lamports.map_err(|error| ClientError::from(node.error(error)))?;
            budget.lamports = budget.lamports.min(lamports);
        }
        Ok(budget)
    }

    /// The order for a study: the one that is there, or a new one with the instruction that makes it.
    pub(super) async fn study_order(
        &self,
        study: &KeyedAccount<StudyAccount>,
        wallet: &Address,
        payer: &(dyn Signer + Sync),
        opened: &[(Match, Opened)],
    ) -> Result<(Address, Option<Instruction>), ClientError> {
        let state = &study.account.state;
        let vault = self.ledger.addresses().vault(&study.address);
        let records: Vec<_> = opened.iter().map(|(_, one)| one.record.address).collect();
        let filter = [Filter::order_seller(*wallet)];
        let mut orders = self.ledger.list::<OrderAccount>(&filter).await?;
        orders.retain(|order| {
            order.account.records == records
                && order.account.state.label().is_empty()
                && state
                    .require_order(&vault, &order.account.state, records.len())
                    .is_ok()
        });
        if let Some(order) = orders.iter().map(|order| order.address).min() {
            return Ok((order, None));
        }
        let id = self.ledger.user(wallet).await?.next_order_id;
        let args = CreateOrderArgs {
            id,
            price: state.reward,
            delivery_window: state.delivery_window,
            only_buyer: Some(vault),
            label: String::new(),
        };
        let builder = self.ledger.instructions();
        let create = builder.create_order(*wallet, payer.pubkey(), &records, args);
        Ok((self.ledger.addresses().order(wallet, id), Some(create)))
    }

    /// A seat's deadline is later than that of every earlier seat at its address, so that no old delivery is taken for one of the
    /// new seat. An earlier seat was made before the address was last used, and its deadline was at most a window later.
    async fn require_later_deadline(
        &self,
        seat: &Address,
        deadline: i64,
        window: i64,
    ) -> Result<(), ClientError> {
        let config = GetConfirmedSignaturesForAddress2Config {
            limit: Some(1),
            commitment: Some(self.ledger.rpc().commitment()),
            ..GetConfirmedSignaturesForAddress2Config::default()
        };
        let used = self
            .ledger
            .rpc()
            .get_signatures_for_address_with_config(seat, config);
        let used = used.await.map_err(|error| self.ledger.node(error))?;
        let last = used.first().and_then(|one| one.block_time);
        match last.is_some_and(|last| last.saturating_add(window) >= deadline) {
            true => Err(ClientError::Argument(
                "your earlier seat in this study ended less than two minutes ago: try again in two minutes"
                    .to_owned(),
            )),
            false => Ok(()),
        }
    }
}

/// What of a study the program would refuse, or could change before the transaction lands.
fn check_study(
    study: &KeyedAccount<StudyAccount>,
    wallet: &Address,
    now: i64,
) -> Result<(), ClientError> {
    let (address, state) = (study.address, &study.account.state);
    let refused = |reason: String| Err(ClientError::Argument(reason));
    if terms_of(&address, &study.account).admission != Admission::Open {
        return refused(format!(
            "study {address} selects its participants: apply for it"
        ));
    }
    if state.sponsor == *wallet {
        return refused(generion::GenerionError::OwnStudy.to_string());
    }
    match state.closes_at.saturating_sub(now) > STUDY_NOTICE {
        true => Ok(()),
        false => refused(format!(
            "study {address} is over, or will be in less than {STUDY_NOTICE} seconds"
        )),
    }
}

fn check_budget(study: &Address, budget: &Budget, options: JoinOptions) -> Result<(), ClientError> {
    match budget.seats() {
        0 => Err(ClientError::Argument(format!(
            "the budget of study {study} pays for no further seat"
        ))),
        1 if !options.accept_last_seat => Err(ClientError::Argument(format!(
            "the budget of study {study} pays for one further seat. If somebody takes it before you, your facts are disclosed for nothing"
        ))),
        _ => Ok(()),
    }
}
