//! Instruction data, run through the program's own dispatch: which bytes are arguments, that they have one encoding, and that
//! lamports are conserved.

use anchor_lang::{
    BORSH_CONFIG, ErrorCode, InstructionData, event::EVENT_IX_TAG_LE, prelude::ProgramError,
    wincode,
};
use generion::{
    AdmitArgs, ApplyArgs, CloseSeatArgs, CreateOrderArgs, CreateRecordArgs, CreateStudyArgs,
    DeliverArgs, JoinStudyArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs, ShareRecordArgs,
    UpdateStudyArgs, WithdrawBudgetArgs,
    args::NoArgs,
    instruction,
    state::{Share, User},
};
use generion_interface::accounts::{
    ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount, StudyAccount,
};
use solana_address::Address;

use generion_native::{
    runtime::{self, Account, Named},
    world::{PRICE, SELLER, TAGS, WORLD},
};

/// The honest instruction of each tag, and data that are no instruction.
pub fn seeds() -> Vec<Vec<u8>> {
    let honest = WORLD.instructions.iter();
    let mut seeds: Vec<_> = honest.map(|instruction| instruction.data.clone()).collect();
    seeds.extend([
        vec![],
        vec![TAGS],
        EVENT_IX_TAG_LE.to_vec(),
        [EVENT_IX_TAG_LE, &[0; 8]].concat(),
    ]);
    seeds
}

/// Runs the data as an instruction, over the accounts of the honest instruction with its tag.
pub fn run(data: &[u8]) {
    let tag = data.first().copied().unwrap_or(u8::MAX);
    let Some(honest) = WORLD.instructions.get(usize::from(tag)) else {
        if data.starts_with(EVENT_IX_TAG_LE) {
            event_call(data);
        } else {
            let outcome = WORLD.execute(0, data);
            let expected = code(ErrorCode::InstructionFallbackNotFound);
            assert_eq!(outcome.code, expected, "{data:02x?}");
        }
        return;
    };
    let named = WORLD.named(tag, data);
    let outcome = runtime::execute(&named, data);

    let accepted = are_arguments(tag, &data[1..]);
    let refused = outcome.code == code(ErrorCode::InstructionDidNotDeserialize);
    assert_eq!(accepted, !refused, "tag {tag}: code {}", outcome.code);
    assert_eq!(reencoded(data).is_some(), accepted, "tag {tag}");
    if accepted {
        assert_eq!(reencoded(data).as_deref(), Some(data), "tag {tag}");
    }

    if outcome.code == 0 {
        let mut before: Vec<Account> = Vec::new();
        for named in &named {
            if !before.contains(&named.account) {
                before.push(named.account.clone());
            }
        }
        let sum = |accounts: &[Account]| -> u128 {
            accounts
                .iter()
                .map(|account| u128::from(account.lamports))
                .sum()
        };
        assert_eq!(sum(&before), sum(&outcome.accounts), "tag {tag}: lamports");
        for account in &outcome.accounts {
            assert!(is_sound(account), "tag {tag}: {account:?}");
        }
        let balance = |accounts: &[Account]| {
            let seller = accounts.iter().find(|account| account.address == SELLER);
            seller.map(|account| account.lamports)
        };
        match tag {
            0 => assert_eq!(data[1..5], honest.data[1..5], "another index"),
            4 => assert_eq!(data[1..5], honest.data[1..5], "another key's index"),
            8 => assert_eq!(data[33..], honest.data[33..], "other terms"),
            9 => assert_eq!(data, honest.data, "a delivery that nobody proved"),
            12 => {
                assert_eq!(data, honest.data, "a secret that is none");
                assert_eq!(
                    balance(&outcome.accounts),
                    balance(&before).map(|old| old + PRICE)
                );
            }
            _ => {}
        }
    }
}

/// The tag of Anchor's event calls is answered before the program reads its own tags. The answer depends only on the first
/// account, and there is no effect (docs/PROTOCOL.md, section 9).
fn event_call(data: &[u8]) {
    let authority = Address::find_program_address(&[b"__event_authority"], &generion::ID).0;
    let first = |address: &Address, signer| {
        let account = WORLD.account(address);
        vec![Named {
            account,
            signer,
            writable: true,
        }]
    };
    let cases = [
        (Vec::new(), ProgramError::NotEnoughAccountKeys.into()),
        (first(&SELLER, true), ProgramError::InvalidSeeds.into()),
        (
            first(&SELLER, false),
            ProgramError::MissingRequiredSignature.into(),
        ),
        (
            first(&authority, false),
            ProgramError::MissingRequiredSignature.into(),
        ),
        (first(&authority, true), 0),
    ];
    for (named, expected) in cases {
        let outcome = runtime::execute(&named, data);
        assert_eq!(outcome.code, expected, "{data:02x?}");
        let before = named.into_iter().map(|named| named.account);
        assert!(before.eq(outcome.accounts), "{data:02x?}");
    }
}

fn code(error: ErrorCode) -> u64 {
    anchor_lang::Error::from(error).into()
}

/// Whether these bytes are arguments of a tag by docs/PROTOCOL.md, section 5.
fn are_arguments(tag: u8, bytes: &[u8]) -> bool {
    /// A length prefix and this number of bytes, to the end.
    fn tail(bytes: &[u8]) -> Option<&[u8]> {
        let (length, tail) = bytes.split_first_chunk()?;
        (usize::try_from(u32::from_le_bytes(*length)) == Ok(tail.len())).then_some(tail)
    }
    match tag {
        0 => bytes.len() == 4 + 32 + 64,
        1 => bytes.get(176..).and_then(tail).is_some(),
        4 => bytes.len() == 4 + 64 + 8,
        6 => {
            let label = match bytes.get(20..) {
                Some([0, label @ ..]) => Some(label),
                Some([1, rest @ ..]) => rest.get(32..),
                _ => None,
            };
            let label = label.and_then(tail);
            label.is_some_and(|label| str::from_utf8(label).is_ok())
        }
        8 => bytes.len() == 32 + 32,
        9 => {
            let capsules = bytes.len().checked_sub(32 + 1 + 80);
            capsules.is_some_and(|length| length % 64 == 0 && length <= 640)
        }
        12 => bytes.len() == 32,
        13 => {
            let tail = match bytes.get(96..) {
                Some([0, tail @ ..]) => Some(tail),
                Some([1, rest @ ..]) => rest.get(32..),
                _ => None,
            };
            tail.is_some_and(|tail| tail.len() <= 1023)
        }
        14 => bytes == [0] || matches!(bytes, [1, time @ ..] if time.len() == 8),
        15 => bytes.len() == 8 + 8,
        16 => {
            let disclosures = bytes.len().checked_sub(32 + 8);
            disclosures.is_some_and(|length| length % 193 == 0 && length <= 3 * 193)
        }
        17 => (32..=32 + 1023).contains(&bytes.len()),
        18 => bytes.len() == 32,
        20 => bytes.len() == 8,
        _ => bytes.is_empty(),
    }
}

/// The data that a client writes for the arguments that the program reads from `data`.
fn reencoded(data: &[u8]) -> Option<Vec<u8>> {
    macro_rules! as_client {
        ($bytes:ident, $instruction:ident, $args:ident: $type:ty) => {{
            let $args: $type = wincode::config::deserialize($bytes, BORSH_CONFIG).ok()?;
            let $args = $args.into(); // some stand in a box
            instruction::$instruction { $args }.data()
        }};
    }
    let (tag, bytes) = data.split_first()?;
    Some(match tag {
        0 => as_client!(bytes, SetEncryptionKey, args: SetEncryptionKeyArgs),
        1 => as_client!(bytes, CreateRecord, args: CreateRecordArgs),
        2 => as_client!(bytes, VerifyRecord, _args: NoArgs),
        3 => as_client!(bytes, DeleteRecord, _args: NoArgs),
        4 => as_client!(bytes, ShareRecord, args: ShareRecordArgs),
        5 => as_client!(bytes, RevokeShare, _args: NoArgs),
        6 => as_client!(bytes, CreateOrder, args: CreateOrderArgs),
        7 => as_client!(bytes, CloseOrder, _args: NoArgs),
        8 => as_client!(bytes, Purchase, args: PurchaseArgs),
        9 => as_client!(bytes, Deliver, args: DeliverArgs),
        10 => as_client!(bytes, Refund, _args: NoArgs),
        11 => as_client!(bytes, ClosePurchase, _args: NoArgs),
        12 => as_client!(bytes, Settle, args: SettleArgs),
        13 => as_client!(bytes, CreateStudy, args: CreateStudyArgs),
        14 => as_client!(bytes, UpdateStudy, args: UpdateStudyArgs),
        15 => as_client!(bytes, WithdrawBudget, args: WithdrawBudgetArgs),
        16 => as_client!(bytes, JoinStudy, args: JoinStudyArgs),
        17 => as_client!(bytes, Apply, args: ApplyArgs),
        18 => as_client!(bytes, Admit, args: AdmitArgs),
        19 => as_client!(bytes, WithdrawApplication, _args: NoArgs),
        20 => as_client!(bytes, CloseSeat, args: CloseSeatArgs),
        21 => as_client!(bytes, CloseStudy, _args: NoArgs),
        _ => return None,
    })
}

/// Whether clients can read an account of the program. Accounts of other programs are ignored.
fn is_sound(account: &Account) -> bool {
    fn reads<A: LedgerAccount>(account: &Account) -> bool {
        // A system call, which does nothing natively, gives a new account to the program.
        A::decode(&generion::ID, &generion::ID, &account.data).is_ok()
    }
    account.owner != generion::ID && account.data.is_empty()
        || reads::<User>(account)
        || reads::<RecordAccount>(account)
        || reads::<OrderAccount>(account)
        || reads::<PurchaseAccount>(account)
        || reads::<Share>(account)
        || reads::<StudyAccount>(account)
        || reads::<ApplicationAccount>(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The target is useful only if honest instructions succeed.
    #[test]
    fn honest_instructions_are_taken() {
        assert_eq!(WORLD.instructions.len(), usize::from(TAGS));
        for tag in 0..TAGS {
            let outcome = WORLD.execute(tag, &WORLD.instructions[usize::from(tag)].data);
            assert_eq!(outcome.code, 0, "tag {tag}");
        }
    }
}
