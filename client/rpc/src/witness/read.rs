//! Reading accounts that enough nodes agree on.

use sha2::{Digest, Sha256};
use solana_account::Account;
use solana_address::Address;

use super::{
    error::{Contradiction, Said, WitnessError},
    witnesses::{Agreed, Witnesses},
};
use crate::{
    deadline::deadline,
    node::{NodeError, NodeErrorKind, State},
    text::brief,
};

/// Most accounts of one answer: those that a node gives, without the ledger's clock.
const MOST_ACCOUNTS: usize = 99;

/// An account without its lamports, which anybody can add to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// The program that it belongs to.
    pub owner: Address,
    /// The account's data.
    pub data: Vec<u8>,
    /// Whether it is a program.
    pub executable: bool,
}

/// A question, and the comparison of its answers.
pub(super) struct Question<'a, T> {
    pub(super) addresses: &'a [Address],
    pub(super) subject: &'a str,
    /// The part of an answer that is compared.
    pub(super) project: &'a (dyn Fn(&State) -> T + Send + Sync),
    pub(super) is_same: &'a (dyn Fn(&T, &T) -> bool + Send + Sync),
    pub(super) describe: &'a (dyn Fn(&T) -> String + Send + Sync),
}

/// An agreement of enough nodes.
pub(super) struct Agreement<T> {
    /// The answer of each of them.
    pub(super) values: Vec<T>,
    pub(super) slot: u64,
    pub(super) nodes: Vec<String>,
}

/// The answer of a node.
struct Statement<T> {
    index: usize,
    slot: u64,
    value: T,
}

/// The result of asking some nodes.
enum Outcome<T> {
    /// The nodes agree.
    Agreed(Vec<Statement<T>>),
    /// Too few nodes answered: the answers, and the errors of the other nodes.
    TooFew(Vec<Statement<T>>, Vec<(usize, NodeError)>),
}

impl Witnesses {
    /// Reads up to 99 accounts from one state, and returns what enough nodes agree on. `project` takes from the accounts the
    /// part that has to be the same, in the order of the addresses; an account that does not exist is `None`. `describe` puts
    /// this part into words, for [`Contradiction`].
    ///
    /// # Errors
    /// [`WitnessError::Contradiction`] where nodes say different things; [`WitnessError::TooFew`] where not enough of
    /// them answer; [`WitnessError::OtherGenesis`] where one is of another cluster; [`WitnessError::TooManyAccounts`].
    pub async fn agreed<T, P, D>(
        &self,
        addresses: &[Address],
        project: P,
        describe: D,
    ) -> Result<Agreed<T>, WitnessError>
    where
        T: PartialEq + Send,
        P: Fn(&[Option<Account>]) -> T + Send + Sync,
        D: Fn(&T) -> String + Send + Sync,
    {
        if addresses.len() > MOST_ACCOUNTS {
            return Err(WitnessError::TooManyAccounts {
                asked: addresses.len(),
                most: MOST_ACCOUNTS,
            });
        }
        let question = Question {
            addresses,
            subject: &subject(addresses),
            project: &|state| project(&state.accounts),
            is_same: &|one, other| one == other,
            describe: &describe,
        };
        let agreement = self.ask(question).await?;
        let value = agreement.values.into_iter().next();
        value
            .map(|value| Agreed {
                value,
                slot: agreement.slot,
                nodes: agreement.nodes,
            })
            // An agreement has at least one node.
            .ok_or(WitnessError::NoNodes)
    }

    /// Reads accounts as [`Self::agreed`] does, and compares them as a whole, apart from their lamports.
    ///
    /// # Errors
    /// Those of [`Self::agreed`].
    pub async fn agreed_contents(
        &self,
        addresses: &[Address],
    ) -> Result<Agreed<Vec<Option<Contents>>>, WitnessError> {
        let project = |accounts: &[Option<Account>]| -> Vec<Option<Contents>> {
            accounts
                .iter()
                .map(|account| account.as_ref().map(Contents::of))
                .collect()
        };
        self.agreed(addresses, project, |contents| describe(contents))
            .await
    }

    pub(super) async fn ask<T: Send>(
        &self,
        question: Question<'_, T>,
    ) -> Result<Agreement<T>, WitnessError> {
        let mut set_aside = Vec::new();
        loop {
            let (said, silent) = match self.rounds(&question, &set_aside).await? {
                Outcome::Agreed(said) => return Ok(self.agreement(said)),
                Outcome::TooFew(said, silent) => (said, silent),
            };
            match self.claims_too_much(&said, &silent) {
                Some(claim) => set_aside.push(claim),
                None => {
                    let answered = said.iter().map(|statement| statement.index);
                    let silent = set_aside.into_iter().chain(silent);
                    let silent = silent.map(|(_, error)| error).collect();
                    return Err(self.too_few(answered, silent).into());
                }
            }
        }
    }

    /// Reads from all nodes but those that were set aside, again and again, until they agree.
    async fn rounds<T: Send>(
        &self,
        question: &Question<'_, T>,
        set_aside: &[(usize, NodeError)],
    ) -> Result<Outcome<T>, WitnessError> {
        let mut said: Vec<Statement<T>> = Vec::new();
        let mut silent: Vec<(usize, NodeError)> = Vec::new();
        let mut min_slot = self.min_slot();
        let until = deadline(self.options.patience);
        // The slot that all of them have to have reached, once it is known.
        let mut common = None;
        for _ in 0..self.options.tries.max(2) {
            let is_new = |statement: &&Statement<T>| statement.slot >= min_slot;
            let answered: Vec<_> = (said.iter().filter(is_new))
                .map(|statement| statement.index)
                .collect();
            let is_in_play = |index: &usize| {
                let mut out = silent.iter().chain(set_aside);
                out.all(|(known, _)| known != index) && !answered.contains(index)
            };
            let asked = (0..self.nodes.len()).filter(is_in_play).collect();
            let answers = self
                .gather(asked, &answered, |node| {
                    self.state_of(node, question.addresses, min_slot, until)
                })
                .await?;
            for (index, answer) in answers {
                said.retain(|statement| statement.index != index);
                match answer {
                    Ok(state) => said.push(Statement {
                        index,
                        slot: state.slot,
                        value: (question.project)(&state),
                    }),
                    Err(error) => silent.push((index, error)),
                }
            }
            said.sort_unstable_by_key(|statement| statement.index);

            if !self.suffice(said.iter().map(|statement| statement.index)) {
                return Ok(Outcome::TooFew(said, silent));
            }
            let slots = || said.iter().map(|statement| statement.slot);
            let highest = slots().max().unwrap_or_default();
            let common = *common.get_or_insert(highest);
            if slots().all(|slot| slot >= common) {
                match compare(&said, question.is_same) {
                    Comparison::Same => return Ok(Outcome::Agreed(said)),
                    Comparison::Different { at_one_slot: true } => {
                        return Err(self.contradiction(question, &said, true).into());
                    }
                    Comparison::Different { at_one_slot: false } => {}
                }
            }
            min_slot = highest;
        }
        Err(self.contradiction(question, &said, false).into())
    }

    fn agreement<T>(&self, said: Vec<Statement<T>>) -> Agreement<T> {
        let slot = said.iter().map(|statement| statement.slot).min();
        let slot = slot.unwrap_or_default();
        self.expect_slot(slot);
        let names = said.iter().map(|statement| self.name(statement.index));
        Agreement {
            slot,
            nodes: names.collect(),
            values: said.into_iter().map(|statement| statement.value).collect(),
        }
    }

    /// A slot that no other node reaches must not keep the others from agreeing: the node that names it is left out.
    fn claims_too_much<T>(
        &self,
        said: &[Statement<T>],
        silent: &[(usize, NodeError)],
    ) -> Option<(usize, NodeError)> {
        let highest = said.iter().max_by_key(|statement| statement.slot)?;
        let behind = silent.iter().filter(|(_, error)| is_behind(error));
        let others = said.iter().map(|statement| statement.index);
        let mut others: Vec<_> = others.filter(|index| *index != highest.index).collect();
        others.extend(behind.map(|(index, _)| *index));
        if !self.suffice(others) {
            return None;
        }
        let reason = format!(
            "names slot {}, which no other node reached within {} s",
            highest.slot,
            self.options.patience.as_secs()
        );
        let node = self.nodes.get(highest.index)?;
        Some((highest.index, node.nonsense(&reason)))
    }

    fn contradiction<T>(
        &self,
        question: &Question<'_, T>,
        said: &[Statement<T>],
        is_one_slot: bool,
    ) -> Contradiction {
        let said = said.iter().map(|statement| Said {
            node: self.name(statement.index),
            slot: Some(statement.slot),
            words: brief(&(question.describe)(&statement.value)),
        });
        Contradiction {
            subject: question.subject.to_owned(),
            said: said.collect(),
            is_one_slot,
        }
    }
}

fn is_behind(error: &NodeError) -> bool {
    matches!(error.kind(), NodeErrorKind::Behind { .. })
}

enum Comparison {
    Same,
    Different { at_one_slot: bool },
}

fn compare<T>(
    said: &[Statement<T>],
    is_same: &(dyn Fn(&T, &T) -> bool + Send + Sync),
) -> Comparison {
    let mut comparison = Comparison::Same;
    for (place, one) in said.iter().enumerate() {
        for other in said.iter().skip(place + 1) {
            if is_same(&one.value, &other.value) {
                continue;
            }
            if one.slot == other.slot {
                return Comparison::Different { at_one_slot: true };
            }
            comparison = Comparison::Different { at_one_slot: false };
        }
    }
    comparison
}

impl Contents {
    /// The hash of an account.
    pub fn of(account: &Account) -> Self {
        Self {
            owner: account.owner,
            data: account.data.clone(),
            executable: account.executable,
        }
    }
}

/// Accounts as a node shows them, as text: enough to tell different accounts apart.
pub fn describe(accounts: &[Option<Contents>]) -> String {
    let shown: Vec<_> = accounts.iter().map(|one| in_words(one.as_ref())).collect();
    shown.join(", ")
}

fn in_words(contents: Option<&Contents>) -> String {
    let Some(contents) = contents else {
        return "no account".to_owned();
    };
    let hash = Sha256::digest(&contents.data);
    let kind = if contents.executable {
        "a program"
    } else {
        "an account"
    };
    format!(
        "{kind} of {} with {} bytes, SHA-256 {}",
        contents.owner,
        contents.data.len(),
        hex::encode(&hash[..8])
    )
}

fn subject(addresses: &[Address]) -> String {
    let addresses: Vec<_> = addresses.iter().map(Address::to_string).collect();
    match &addresses[..] {
        [one] => format!("account {one}"),
        more => format!("accounts {}", more.join(", ")),
    }
}
