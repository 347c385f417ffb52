//! The recipients of encrypted data, and the evidence that their keys are theirs.

use core::fmt;

use generion::state::User;
use generion_crypto::keys::EncryptionKey;
use generion_interface::{
    accounts::{AccountError, LedgerAccount},
    attestation::KeyAttestation,
    card::Card,
    signed_line::{Envelope, LineError},
};
use generion_rpc::witness::{self, Contradiction, WitnessError};
use solana_account::Account;
use solana_address::Address;
use tokio::time::{Duration, sleep};

use crate::{client::Client, error::ClientError};

/// How often nodes that contradict each other are asked again: one may be some slots behind.
const TRIES: u32 = 4;
/// The wait in between.
const TRY_INTERVAL: Duration = Duration::from_millis(500);

/// A wallet's encryption key, and the evidence that it is the wallet's. There is no other way to encrypt to a wallet.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The wallet.
    pub wallet: Address,
    /// Index of the key.
    pub index: u32,
    /// The key.
    pub key: EncryptionKey,
    /// The evidence that it is the wallet's.
    pub evidence: Evidence,
}

/// The evidence that a key is a wallet's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The wallet attested it. That there is no newer key is the word of these nodes.
    Attested {
        /// What the wallet signed.
        envelope: Envelope,
        /// The nodes.
        nodes: Vec<String>,
    },
    /// The wallet signed a transaction for it, which its user may not have been shown, and these nodes agree on the key.
    AttestedByTransaction {
        /// The nodes.
        nodes: Vec<String>,
    },
    /// The wallet can't sign, and these nodes agree on the key.
    Witnesses {
        /// The nodes.
        nodes: Vec<String>,
    },
    /// The wallet's owner handed out a card with the wallet's signature.
    Card {
        /// What the wallet signed.
        envelope: Envelope,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attested { nodes, .. } => {
                write!(
                    f,
                    "attested by the wallet, present as {} says",
                    nodes.join(" and ")
                )
            }
            Self::AttestedByTransaction { nodes } => write!(
                f,
                "attested by the wallet in a transaction, and as {} say",
                nodes.join(" and ")
            ),
            Self::Witnesses { nodes } => write!(
                f,
                "not attested, since the wallet can't sign: as {} say",
                nodes.join(" and ")
            ),
            Self::Card { .. } => write!(f, "attested by the wallet, on a card"),
        }
    }
}

/// What matters of a User account here: the rest are counters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Published {
    pub(super) index: u32,
    key: [u8; 32],
    attestation: [u8; 64],
}

impl From<User> for Published {
    fn from(user: User) -> Self {
        Self {
            index: user.key_index,
            key: user.encryption_key,
            attestation: user.attestation,
        }
    }
}

/// What nodes say, and whether as many as it takes agree on it.
pub(super) struct Said {
    pub(super) published: Published,
    nodes: Vec<String>,
    is_agreed: bool,
}

impl Client {
    /// The key that a wallet has published, once it is sure to be the wallet's: the wallet's attestation is verified, and
    /// where several nodes are configured, those that answer must agree on key and index. A wallet that can't sign, such as
    /// a multisig vault, takes two nodes of different operators that agree; so does an attestation by a transaction.
    ///
    /// # Errors
    /// [`ClientError::NoKey`]; [`ClientError::Unattested`]; [`ClientError::OlderKey`] where a newer one was seen;
    /// [`ClientError::Witness`] where nodes contradict each other, or where too few agree for what takes two;
    /// [`ClientError::Lie`], [`ClientError::Node`], [`ClientError::KeyMemory`].
    pub async fn recipient(&self, wallet: &Address) -> Result<Recipient, ClientError> {
        let said = match wallet.is_on_curve() {
            true => self.published(wallet).await?,
            false => self.agreed(wallet).await?,
        };
        self.believed(wallet, said).await
    }

    /// The key that nodes show, once it is sure to be the wallet's.
    pub(super) async fn believed(
        &self,
        wallet: &Address,
        said: Said,
    ) -> Result<Recipient, ClientError> {
        let statement = self.statement(wallet, &said.published);
        let attestation = &said.published.attestation;
        let unattested = |reason| ClientError::Unattested {
            node: named(&said.nodes),
            wallet: *wallet,
            reason,
        };
        let evidence = match statement.verify(attestation) {
            Ok(envelope) if !envelope.is_transaction() => Evidence::Attested {
                envelope,
                nodes: said.nodes.clone(),
            },
            Ok(_) => {
                let agreed = match said.is_agreed {
                    true => said,
                    false => self.agreed(wallet).await?,
                };
                if self.statement(wallet, &agreed.published) != statement {
                    // It was replaced in between.
                    return Err(ClientError::NoKey(*wallet));
                }
                let evidence = Evidence::AttestedByTransaction {
                    nodes: agreed.nodes,
                };
                return self.seen(statement, evidence);
            }
            Err(LineError::CanNotSign(_) | LineError::Missing) if !wallet.is_on_curve() => {
                Evidence::Witnesses {
                    nodes: said.nodes.clone(),
                }
            }
            Err(reason) => return Err(unattested(reason)),
        };
        self.seen(statement, evidence)
    }

    /// The key on a card. No node is asked.
    ///
    /// # Errors
    /// [`ClientError::Card`] of another deployment, or attested by a transaction, which takes nodes that agree;
    /// [`ClientError::OlderKey`], [`ClientError::KeyMemory`].
    pub fn card_recipient(&self, card: &Card) -> Result<Recipient, ClientError> {
        let (deployment, expected) = (card.deployment(), self.ledger.deployment());
        if deployment != expected {
            return Err(ClientError::Card(format!(
                "it is for program {} on the cluster with genesis hash {}, not for {} on {}",
                deployment.program_id, deployment.genesis, expected.program_id, expected.genesis
            )));
        }
        let envelope = card.envelope();
        if envelope.is_transaction() {
            return Err(ClientError::Card(
                "its wallet signed a transaction for it, which does not suffice".to_owned(),
            ));
        }
        let published = Published {
            index: card.index(),
            key: *card.key(),
            attestation: *card.attestation(),
        };
        self.seen(
            self.statement(card.wallet(), &published),
            Evidence::Card { envelope },
        )
    }

    /// A wallet's card, from what nodes say.
    ///
    /// # Errors
    /// As [`Self::recipient`]; a wallet that can't sign has no card.
    pub async fn user_card(&self, wallet: &Address) -> Result<Card, ClientError> {
        let said = self.published(wallet).await?;
        let statement = self.statement(wallet, &said.published);
        let card = Card::new(statement, said.published.attestation).map_err(|reason| {
            ClientError::Unattested {
                node: named(&said.nodes),
                wallet: *wallet,
                reason,
            }
        })?;
        let envelope = card.envelope();
        self.seen(statement, Evidence::Card { envelope })?;
        Ok(card)
    }

    /// From the memory of keys, which it goes into, too.
    pub(super) fn seen(
        &self,
        statement: KeyAttestation,
        evidence: Evidence,
    ) -> Result<Recipient, ClientError> {
        let KeyAttestation {
            deployment,
            wallet,
            index,
            key,
        } = statement;
        let invalid = ClientError::NoKey(wallet);
        let key = EncryptionKey::from_bytes(&key).ok_or(invalid)?;
        match self.key_memory.see(&deployment, &wallet, index)? {
            None => Ok(Recipient {
                wallet,
                index,
                key,
                evidence,
            }),
            Some(seen) => Err(ClientError::OlderKey {
                node: match &evidence {
                    Evidence::Card { .. } => "the card".to_owned(),
                    Evidence::Attested { nodes, .. }
                    | Evidence::AttestedByTransaction { nodes }
                    | Evidence::Witnesses { nodes } => named(nodes),
                },
                wallet,
                index,
                seen,
            }),
        }
    }

    fn statement(&self, wallet: &Address, published: &Published) -> KeyAttestation {
        KeyAttestation {
            deployment: *self.ledger.deployment(),
            wallet: *wallet,
            index: published.index,
            key: published.key,
        }
    }

    /// What the nodes say that answer: those of them that do must agree, however few they are.
    pub(super) async fn published(&self, wallet: &Address) -> Result<Said, ClientError> {
        if self.ledger.nodes().len() > 1 {
            match self.agreed(wallet).await {
                // An attested key suffices to go on with one node, if no other one contradicts it.
                Err(ClientError::Witness(error)) if matches!(*error, WitnessError::TooFew(_)) => {}
                said => return said,
            }
        }
        let mut tries = 0;
        loop {
            match self.uncontradicted(wallet).await {
                // Nodes that are some slots apart, perhaps.
                Err(ClientError::Witness(_)) if tries < TRIES => tries += 1,
                said => return said,
            }
            sleep(TRY_INTERVAL).await;
        }
    }

    /// What every node says that answers at all, each in its own words and at its own slot: so that no node can keep
    /// another one from being heard.
    async fn uncontradicted(&self, wallet: &Address) -> Result<Said, ClientError> {
        let address = self.ledger.addresses().user(wallet);
        let answers = self.ledger.find_everywhere::<User>(&[address]).await;
        let (mut said, mut nodes, mut failed) = (Vec::new(), Vec::new(), None);
        for (node, answer) in self.ledger.nodes().iter().zip(answers) {
            match answer {
                Ok(mut users) => {
                    said.push(users.pop().flatten().map(Published::from));
                    nodes.push(node.url().to_string());
                }
                Err(error @ ClientError::OtherGenesis(_)) => return Err(error),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let Some(first) = said.first().copied() else {
            return Err(failed.unwrap_or(ClientError::NoKey(*wallet)));
        };
        if said.iter().any(|other| *other != first) {
            let said = nodes
                .into_iter()
                .zip(&said)
                .map(|(node, said)| witness::Said {
                    node,
                    slot: None,
                    words: in_words(wallet, said.as_ref()),
                });
            return Err(WitnessError::Contradiction(Contradiction {
                subject: format!("account {address}"),
                said: said.collect(),
                is_one_slot: false,
            })
            .into());
        }
        Ok(Said {
            published: first.ok_or(ClientError::NoKey(*wallet))?,
            nodes,
            is_agreed: false,
        })
    }

    /// What as many nodes agree on as it takes.
    pub(super) async fn agreed(&self, wallet: &Address) -> Result<Said, ClientError> {
        let addresses = self.ledger.addresses();
        let address = addresses.user(wallet);
        let project = |accounts: &[Option<Account>]| -> Result<Option<Published>, AccountError> {
            let account = accounts.first().and_then(Option::as_ref);
            account
                .filter(|account| account.lamports > 0 && !account.data.is_empty())
                .map(|account| {
                    User::read(addresses, &address, &account.owner, &account.data).map(Into::into)
                })
                .transpose()
        };
        let describe = |said: &Result<Option<Published>, AccountError>| match said {
            Ok(published) => in_words(wallet, published.as_ref()),
            Err(error) => error.to_string(),
        };
        let agreed = self
            .ledger
            .witnesses()
            .agreed(&[address], project, describe)
            .await?;
        let published = agreed
            .value
            .map_err(|source| ClientError::Account { address, source })?
            .ok_or(ClientError::NoKey(*wallet))?;
        Ok(Said {
            published,
            nodes: agreed.nodes,
            is_agreed: true,
        })
    }
}

fn in_words(wallet: &Address, published: Option<&Published>) -> String {
    match published {
        None => format!("wallet {wallet} has published no key"),
        Some(published) => format!(
            "wallet {wallet} has the key {} with index {}",
            hex::encode(published.key),
            published.index
        ),
    }
}

fn named(nodes: &[String]) -> String {
    match nodes {
        [node] => format!("the node at {node}"),
        nodes => format!("the nodes at {}", nodes.join(" and ")),
    }
}
