use core::fmt;

use solana_address::{Address, address};

/// `P`, the beginning of every off-chain message of Solana. No transaction begins with it.
const PREFIX: &[u8] = b"\xffsolana offchain";
/// The Memo program, version 2.
const MEMO_PROGRAM: Address = address!("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
/// Printable ASCII, which every line is: the format that hardware wallets show.
const RESTRICTED_ASCII: u8 = 0;

/// The envelope into which a wallet put a line before it signed it. Below, `W` is the wallet's address, `D` the program's id, and `n` the
/// line's length in bytes as a little-endian u16.
///
/// Sources, as of late 2026. The off-chain messages are those of sRFC 3 and sRFC 38 (`github.com/solana-foundation/SRFCs`,
/// discussion 3; `docs/src/proposals/off-chain-message-signing.md` of `anza-xyz/agave`, which since its pull request 12965 has
/// version 1 first and version 0 as legacy). A Ledger signs the forms that its app parses (`LedgerHQ/app-solana`,
/// `libsol/parser.c`), and Ledger's own library tries them in turn (`LedgerHQ/device-sdk-ts`, `SendSignMessageTask`): version 1
/// without a length, version 1 with one, version 0, and the form from before application domains. The Solana CLI's
/// `sign-offchain-message` writes that oldest form (`solana-offchain-message` 2), or version 0 with a zero domain (its version
/// 3 and later, `anza-xyz/solana-sdk`).
///
/// A wallet app that holds its key itself signs the bytes that `signMessage` of wallet-standard hands it (Phantom,
/// Solflare, Backpack and the rest); `signOffchainMessage` of wallet-standard writes version 1. A new variant is a breaking
/// change: the known answers for other implementations have a sample of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Envelope {
    /// The line itself.
    Plain,
    /// `P 01 01 W line`: version 1, as it was specified in the end.
    Version1,
    /// `P 01 01 W n line`: version 1 of Ledger's app before the length was dropped from the specification.
    Version1WithLength,
    /// `P 00 D 00 01 W n line`: version 0, with the program as application domain.
    Version0,
    /// The same with 32 zeros for `D`: the signer named no application.
    Version0WithoutDomain,
    /// `P 00 00 n line`: version 0 before it had a domain and signers.
    Legacy,
    /// The message of a transaction that can't be executed, for wallets that sign nothing else: legacy, the wallet as only signer
    /// and payer, zeros for a block hash, one instruction of Memo v2 without accounts that holds the line. A wallet that
    /// adds an instruction, or replaces the block hash, signs something else. See [`Envelope::is_transaction`].
    Memo,
}

impl Envelope {
    /// All of them, in the order in which they are tried.
    pub const ALL: [Self; 7] = [
        Self::Plain,
        Self::Version1,
        Self::Version1WithLength,
        Self::Version0,
        Self::Version0WithoutDomain,
        Self::Legacy,
        Self::Memo,
    ];

    /// Whether the wallet signed a transaction instead of text. Sites have hardware wallets sign such transactions to log
    /// in, and a device may show only a hash of one, so the signer may not have read the line. A client tells its user so,
    /// and asks for other evidence at the first contact.
    pub const fn is_transaction(self) -> bool {
        matches!(self, Self::Memo)
    }

    /// The bytes that the wallet signs. Lines are far shorter than 1,232 bytes, so that no length is cut.
    pub fn wrap(self, line: &str, wallet: &Address, program_id: &Address) -> Vec<u8> {
        let wallet = wallet.as_ref();
        let length = (line.len() as u16).to_le_bytes();
        let version_0 = |domain: &[u8]| {
            let format = &[RESTRICTED_ASCII, 1][..];
            [
                PREFIX,
                &[0],
                domain,
                format,
                wallet,
                &length,
                line.as_bytes(),
            ]
            .concat()
        };
        match self {
            Self::Plain => line.as_bytes().to_vec(),
            Self::Version1 => [PREFIX, &[1, 1], wallet, line.as_bytes()].concat(),
            Self::Version1WithLength => {
                [PREFIX, &[1, 1], wallet, &length, line.as_bytes()].concat()
            }
            Self::Version0 => version_0(program_id.as_ref()),
            Self::Version0WithoutDomain => version_0(&[0; 32]),
            Self::Legacy => [PREFIX, &[0, RESTRICTED_ASCII], &length, line.as_bytes()].concat(),
            Self::Memo => memo(line, wallet),
        }
    }
}

impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain text",
            Self::Version1 => "an off-chain message of version 1",
            Self::Version1WithLength => "an off-chain message of version 1 with a length",
            Self::Version0 => "an off-chain message of version 0",
            Self::Version0WithoutDomain => "an off-chain message of version 0 without a domain",
            Self::Legacy => "an off-chain message from before version 0 had a domain",
            Self::Memo => "a memo in a transaction that can't land",
        })
    }
}

/// A transaction with one signer, which is writable because it pays, and one other account, the program.
fn memo(line: &str, wallet: &[u8]) -> Vec<u8> {
    let header = &[1, 0, 1, 2][..];
    let block_hash = &[0; 32][..];
    let instruction = &[1, 1, 0][..]; // one instruction, of the account with index 1, without accounts
    let mut message = [
        header,
        wallet,
        MEMO_PROGRAM.as_ref(),
        block_hash,
        instruction,
    ]
    .concat();
    compact_length(line.len(), &mut message);
    message.extend_from_slice(line.as_bytes());
    message
}

/// The length of a list in a transaction: seven bits a byte, the lowest first.
fn compact_length(mut length: usize, message: &mut Vec<u8>) {
    while length > 0x7f {
        message.push(length as u8 | 0x80);
        length >>= 7;
    }
    message.push(length as u8);
}
