//! The state of a deployment on the ledger: the program, its data, and the buffer.

use generion_rpc::url::NodeUrl;
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_loader_v3_interface::{
    get_program_data_address, state::UpgradeableLoaderState as State,
};
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Error as RpcError;
use solana_sdk_ids::{bpf_loader_upgradeable, system_program};

use crate::error::{DeployError, Result};

/// A node, asked at one commitment.
pub struct Node {
    node: generion_rpc::node::Node,
}

/// A program id on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramState {
    /// No account, or one that holds lamports only.
    Absent {
        /// Lamports at the address.
        lamports: u64,
        /// Lamports at the address of the program data.
        data_lamports: u64,
    },
    /// A program of the upgradeable loader.
    Deployed {
        /// The slot of the last change.
        slot: u64,
        /// The wallet that may change it; `None`: nobody.
        authority: Option<Address>,
        /// The room for its binary: the binary, then zeros.
        code: Vec<u8>,
        /// Lamports in its two accounts.
        lamports: u64,
    },
    /// A program whose data was closed.
    Closed,
    /// Another program's account.
    Foreign {
        /// The account's owner.
        owner: Address,
    },
}

/// The buffer of a deployment on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BufferState {
    /// No account, or one that holds lamports only.
    Absent {
        /// Lamports at the address.
        lamports: u64,
    },
    /// A buffer that its authority can write to.
    Present {
        /// Its lamports.
        lamports: u64,
        /// The wallet that may write to it; `None`: nobody.
        authority: Option<Address>,
        /// The bytes written so far, and zeros.
        code: Vec<u8>,
    },
    /// Another program's account, or not a buffer.
    Foreign {
        /// The account's owner.
        owner: Address,
    },
}

/// The state that a deployment's next step depends on, at one commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The slot of the answer.
    pub slot: u64,
    /// The program.
    pub program: ProgramState,
    /// The buffer.
    pub buffer: BufferState,
    /// The payer's lamports.
    pub payer_lamports: u64,
}

impl Node {
    /// The node at a URL, asked at `commitment`.
    pub fn new(url: NodeUrl, commitment: CommitmentConfig) -> Self {
        Self {
            node: generion_rpc::node::Node::new(url, commitment),
        }
    }

    /// The same node, asked at another commitment.
    pub fn at(&self, commitment: CommitmentConfig) -> Self {
        Self::new(self.url().clone(), commitment)
    }

    /// The commitment that it is asked at.
    pub fn commitment(&self) -> CommitmentConfig {
        self.rpc().commitment()
    }

    /// Its URL.
    pub const fn url(&self) -> &NodeUrl {
        self.node.url()
    }

    /// Its JSON-RPC, whose errors are shown by [`Self::answer`].
    pub(crate) const fn rpc(&self) -> &RpcClient {
        self.node.rpc()
    }

    /// The node itself.
    pub(crate) const fn inner(&self) -> &generion_rpc::node::Node {
        &self.node
    }

    /// The genesis hash of its cluster.
    ///
    /// # Errors
    /// [`DeployError::Node`].
    pub async fn genesis(&self) -> Result<Hash> {
        Ok(self.node.genesis().await?)
    }

    /// The lamports that an account of this many bytes has to hold.
    ///
    /// # Errors
    /// [`DeployError::Node`].
    pub async fn rent(&self, len: usize) -> Result<u64> {
        self.answer(self.rpc().get_minimum_balance_for_rent_exemption(len).await)
    }

    /// Reads all four accounts of a deployment in one request, so that they are of one slot.
    pub(crate) async fn observe(
        &self,
        program_id: &Address,
        buffer: &Address,
        payer: &Address,
    ) -> Result<Observed> {
        let addresses = [
            *program_id,
            get_program_data_address(program_id),
            *buffer,
            *payer,
        ];
        let answer = self
            .rpc()
            .get_multiple_accounts_with_commitment(&addresses, self.commitment())
            .await;
        let answer = self.answer(answer)?;
        let [program, data, buffer, payer] = answer
            .value
            .try_into()
            .map_err(|_| self.nonsense("another number of accounts than it was asked for"))?;
        Ok(Observed {
            slot: answer.context.slot,
            program: ProgramState::of(program, data),
            buffer: BufferState::of(buffer),
            payer_lamports: payer.map_or(0, |account| account.lamports),
        })
    }

    /// An answer, or the error with the node's name and without the keys in its URL.
    pub(crate) fn answer<T>(&self, answer: std::result::Result<T, RpcError>) -> Result<T> {
        answer.map_err(|error| self.node.error(error).into())
    }

    pub(crate) fn nonsense(&self, what: &str) -> DeployError {
        DeployError::Nonsense {
            url: self.url().to_string(),
            what: what.to_owned(),
        }
    }
}

impl ProgramState {
    fn of(program: Option<Account>, data: Option<Account>) -> Self {
        let data_lamports = data.as_ref().map_or(0, |account| account.lamports);
        let program = match program {
            None => {
                return Self::Absent {
                    lamports: 0,
                    data_lamports,
                };
            }
            Some(account) if is_free(&account) => {
                return Self::Absent {
                    lamports: account.lamports,
                    data_lamports,
                };
            }
            Some(account) => account,
        };
        let is_program = program.owner == bpf_loader_upgradeable::ID
            && matches!(state(&program.data), Some(State::Program { .. }));
        if !is_program {
            return Self::Foreign {
                owner: program.owner,
            };
        }
        let Some(data) = data.filter(|data| data.owner == bpf_loader_upgradeable::ID) else {
            return Self::Closed;
        };
        match state(&data.data) {
            Some(State::ProgramData {
                slot,
                upgrade_authority_address,
            }) => Self::Deployed {
                slot,
                authority: upgrade_authority_address,
                code: tail(&data.data, State::size_of_programdata_metadata()),
                lamports: program.lamports.saturating_add(data.lamports),
            },
            _ => Self::Closed,
        }
    }
}

impl BufferState {
    fn of(account: Option<Account>) -> Self {
        match account {
            None => Self::Absent { lamports: 0 },
            Some(account) if is_free(&account) => Self::Absent {
                lamports: account.lamports,
            },
            Some(account) => match state(&account.data) {
                Some(State::Buffer { authority_address })
                    if account.owner == bpf_loader_upgradeable::ID =>
                {
                    Self::Present {
                        lamports: account.lamports,
                        authority: authority_address,
                        code: tail(&account.data, State::size_of_buffer_metadata()),
                    }
                }
                _ => Self::Foreign {
                    owner: account.owner,
                },
            },
        }
    }
}

/// Whether an account belongs to no program. Anybody may have sent lamports to it.
fn is_free(account: &Account) -> bool {
    account.owner == system_program::ID && account.data.is_empty()
}

fn state(data: &[u8]) -> Option<State> {
    // The loader reads a state from the beginning of longer data.
    wincode::deserialize(data).ok()
}

fn tail(data: &[u8], from: usize) -> Vec<u8> {
    data.get(from..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use generion_rpc::url::PlainHttp;

    use super::*;

    fn account(owner: Address, state: &State, tail: &[u8]) -> Account {
        let mut data = wincode::serialize(state).unwrap();
        match state {
            State::ProgramData { .. } => data.resize(State::size_of_programdata_metadata(), 0),
            State::Buffer { .. } => data.resize(State::size_of_buffer_metadata(), 0),
            _ => {}
        }
        data.extend(tail);
        Account {
            lamports: 7,
            data,
            owner,
            ..Account::default()
        }
    }

    const LOADER: Address = bpf_loader_upgradeable::ID;

    fn program() -> Option<Account> {
        let programdata_address = Address::new_from_array([1; 32]);
        Some(account(
            LOADER,
            &State::Program {
                programdata_address,
            },
            &[],
        ))
    }

    #[test]
    fn programs_are_told_apart() {
        let wallet = Account {
            lamports: 5,
            ..Account::default()
        };
        let absent = |lamports, data_lamports| ProgramState::Absent {
            lamports,
            data_lamports,
        };
        assert_eq!(ProgramState::of(None, None), absent(0, 0));
        assert_eq!(
            ProgramState::of(Some(wallet.clone()), Some(wallet.clone())),
            absent(5, 5)
        );
        assert_eq!(ProgramState::of(program(), None), ProgramState::Closed);
        assert_eq!(
            ProgramState::of(program(), Some(wallet)),
            ProgramState::Closed
        );
        for upgrade_authority_address in [None, Some(Address::new_from_array([2; 32]))] {
            let data = State::ProgramData {
                slot: 9,
                upgrade_authority_address,
            };
            let deployed = ProgramState::of(program(), Some(account(LOADER, &data, b"code")));
            let expected = ProgramState::Deployed {
                slot: 9,
                authority: upgrade_authority_address,
                code: b"code".to_vec(),
                lamports: 14,
            };
            assert_eq!(deployed, expected);
        }
        let other = Address::new_from_array([3; 32]);
        let foreign = account(other, &State::Uninitialized, b"data");
        assert_eq!(
            ProgramState::of(Some(foreign), None),
            ProgramState::Foreign { owner: other }
        );
        // A buffer at the program's address is not a program.
        let buffer = State::Buffer {
            authority_address: None,
        };
        assert_eq!(
            ProgramState::of(Some(account(LOADER, &buffer, b"")), None),
            ProgramState::Foreign { owner: LOADER }
        );
    }

    #[test]
    fn buffers_are_told_apart() {
        assert_eq!(BufferState::of(None), BufferState::Absent { lamports: 0 });
        let authority = Address::new_from_array([2; 32]);
        let buffer = State::Buffer {
            authority_address: Some(authority),
        };
        let expected = BufferState::Present {
            lamports: 7,
            authority: Some(authority),
            code: b"half".to_vec(),
        };
        assert_eq!(
            BufferState::of(Some(account(LOADER, &buffer, b"half"))),
            expected
        );
        assert_eq!(
            BufferState::of(program()),
            BufferState::Foreign { owner: LOADER }
        );
        let look_alike = Some(account(authority, &buffer, b"half"));
        assert_eq!(
            BufferState::of(look_alike),
            BufferState::Foreign { owner: authority }
        );
    }

    #[test]
    fn errors_do_not_quote_a_providers_key() {
        for url in [
            "https://rpc.example.org/v1/SECRET?api-key=SECRET",
            "https://SECRET@rpc.example.org",
        ] {
            let node_url = NodeUrl::parse(url, PlainHttp::Allowed).unwrap();
            let node = Node::new(node_url, CommitmentConfig::confirmed());
            let error = RpcError::from(std::io::Error::other(format!(
                "error sending request for url ({url})"
            )));
            let error = node.answer::<()>(Err(error)).unwrap_err();
            let text = generion_rpc::causes::with_causes(&error);
            assert!(!text.contains("SECRET"), "{text}");
            assert!(text.contains("rpc.example.org"), "{text}");
        }
    }
}
