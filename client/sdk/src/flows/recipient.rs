//! The recipients of encrypted data, and the evidence that a key belongs to its wallet.

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

/// The number of times that the client asks again if nodes contradict each other, because one may be some slots behind.
const TRIES: u32 = 4;
/// The time between two tries.
const TRY_INTERVAL: Duration = Duration::from_millis(500);

/// A wallet's encryption key, and the evidence that the key is the wallet's. Every flow that encrypts for a wallet
/// takes a `Recipient`.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The wallet.
    pub wallet: Address,
    /// Index of the key.
    pub index: u32,
    /// The key.
    pub key: EncryptionKey,
    /// The evidence that the key is the wallet's.
    pub evidence: Evidence,
}

/// Evidence that a key belongs to a wallet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// The wallet attested the key. These nodes claim that there is no newer key.
    Attested {
        /// The envelope that the wallet signed.
        envelope: Envelope,
        /// The nodes.
        nodes: Vec<String>,
    },
    /// The wallet attested the key by a transaction, which its user may not have seen, and these nodes agree on the
    /// key.
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
        /// The envelope that the wallet signed.
        envelope: Envelope,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attested { nodes, .. } => {
                write!(
                    f,
                    "attested by the wallet, and its current key according to {}",
                    nodes.join(" and ")
                )
            }
            Self::AttestedByTransaction { nodes } => write!(
                f,
                "attested by the wallet in a transaction, and its current key according to {}",
                nodes.join(" and ")
            ),
            Self::Witnesses { nodes } => write!(
                f,
                "not attested, because the wallet can't sign; the wallet's key according to {}",
                nodes.join(" and ")
            ),
            Self::Card { .. } => write!(f, "attested by the wallet, on a card"),
        }
    }
}

/// The fields of a User account that matter here. The other fields are counters.
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

/// The key that nodes show, and whether enough nodes agree on it.
pub(super) struct Said {
    pub(super) published: Published,
    nodes: Vec<String>,
    is_agreed: bool,
}

impl Client {
    /// The key that a wallet has published, with evidence that the key is the wallet's. The client verifies the
    /// wallet's attestation, and all configured nodes that answer must agree on key and index. If the wallet can't sign
    /// (a multisig vault, for example), or attested the key by a transaction, two nodes of different operators must
    /// agree.
    ///
    /// # Errors
    /// [`ClientError::NoKey`]; [`ClientError::Unattested`]; [`ClientError::OlderKey`] if this client has seen a newer
    /// key; [`ClientError::Witness`] if nodes contradict each other, or if two nodes must agree and fewer do;
    /// [`ClientError::Lie`], [`ClientError::Node`], [`ClientError::KeyMemory`].
    pub async fn recipient(&self, wallet: &Address) -> Result<Recipient, ClientError> {
        let said = match wallet.is_on_curve() {
            true => self.published(wallet).await?,
            false => self.agreed(wallet).await?,
        };
        self.believed(wallet, said).await
    }

    /// Checks the evidence for a key that nodes showed.
    pub(super) async fn believed(
        &self,
        wallet: &Address,
        said: Said,
    ) -> Result<Recipient, ClientError> {
        let statement = self.statement(wallet, &said.published);
        let attestation = &said.published.attestation;
        let unattested = |source| ClientError::Unattested {
            node: named(&said.nodes),
            wallet: *wallet,
            source,
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
                    // The key was replaced between the two reads.
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
            Err(error) => return Err(unattested(error)),
        };
        self.seen(statement, evidence)
    }

    /// The key on a card. The client asks no node.
    ///
    /// # Errors
    /// [`ClientError::UnusableCard`] if the card is for another deployment, or its key is attested by a transaction, for which
    /// nodes would have to agree; [`ClientError::OlderKey`], [`ClientError::KeyMemory`].
    pub fn card_recipient(&self, card: &Card) -> Result<Recipient, ClientError> {
        let (deployment, expected) = (card.deployment(), self.ledger.deployment());
        if deployment != expected {
            return Err(ClientError::UnusableCard(format!(
                "it is for program {} on the cluster with genesis hash {}, not for {} on {}",
                deployment.program_id, deployment.genesis, expected.program_id, expected.genesis
            )));
        }
        let envelope = card.envelope();
        if envelope.is_transaction() {
            return Err(ClientError::UnusableCard(
                "its wallet attested it by a transaction, which is not enough for a card"
                    .to_owned(),
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

    /// Makes a wallet's card from the key that the nodes show.
    ///
    /// # Errors
    /// The errors of [`Self::recipient`]. A wallet that can't sign has no card.
    pub async fn user_card(&self, wallet: &Address) -> Result<Card, ClientError> {
        let said = self.published(wallet).await?;
        let statement = self.statement(wallet, &said.published);
        let card = Card::new(statement, said.published.attestation).map_err(|source| {
            ClientError::Unattested {
                node: named(&said.nodes),
                wallet: *wallet,
                source,
            }
        })?;
        let envelope = card.envelope();
        self.seen(statement, Evidence::Card { envelope })?;
        Ok(card)
    }

    /// Compares a key with the newest one that this client has seen, and remembers it.
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

    /// The published key according to the nodes that answer. These must agree, but their number does not matter.
    pub(super) async fn published(&self, wallet: &Address) -> Result<Said, ClientError> {
        if self.ledger.nodes().len() > 1 {
            match self.agreed(wallet).await {
                // For an attested key one node is enough, if no other node contradicts it.
                Err(ClientError::Witness(error)) if matches!(*error, WitnessError::TooFew(_)) => {}
                said => return said,
            }
        }
        let mut tries = 0;
        loop {
            match self.uncontradicted(wallet).await {
                // The nodes may be some slots apart.
                Err(ClientError::Witness(_)) if tries < TRIES => tries += 1,
                said => return said,
            }
            sleep(TRY_INTERVAL).await;
        }
    }

    /// Asks every node separately and compares the answers, whatever their slots are, so that no node can keep another node's
    /// answer out.
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

    /// The published key on which as many nodes agree as a secret requires.
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
