//! What every instruction refuses, whatever its rules: from one valid instruction, which lands first, each account is
//! spoiled in every way that its role knows, and the data is cut and extended.

use anchor_lang::Discriminator;
use generion::{
    GenerionError, ID,
    state::{Application, Order, Purchase, Record, Share, Study, User},
};
use generion_program_tests::{Executed, World, code_of};
use generion_test_support::Person;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_keypair::Keypair;
use solana_signer::Signer;
use vm_account::Account;

use crate::support::{
    CONSTRAINT_EXECUTABLE, DUPLICATE, MISSING_ACCOUNT, NOT_WRITABLE, with_account,
};

/// What an account is to an instruction.
pub enum Role {
    /// Signs.
    Signer,
    /// Signs and pays; may be another of the accounts as well.
    Payer,
    /// An account of the program.
    Stored,
    /// An account of the program that is also found by these seeds.
    Derived(Vec<Vec<u8>>),
    /// An account of the program behind the declared ones.
    Trailing,
    /// The same, at an address that the order lists at this position.
    Listed,
    /// To be created at the address of these seeds.
    New(Vec<Vec<u8>>),
    /// A wallet that another account names; the rule that refuses others.
    Wallet(GenerionError),
    /// The same, where it must not be any other of the accounts.
    SoleWallet(GenerionError),
    /// The system program.
    System,
}

/// One valid instruction, and what its cells are.
pub struct Case<'a> {
    pub valid: &'a Instruction,
    pub signers: &'a [&'a Keypair],
    /// One for each account.
    pub roles: &'a [Role],
    /// Accounts of the right kind in a place, but another user's, or another of the same user; and what refuses them.
    pub others: &'a [(usize, Address, InstructionError)],
    /// What refuses two accounts in each other's place: all pairs of those that don't sign.
    pub swapped: &'a [(usize, usize, InstructionError)],
    /// What refuses data that is cut to a length.
    pub truncated: &'a dyn Fn(usize) -> InstructionError,
}

/// The error of data that is cut short, where it may end in one place alone.
pub fn cut_short(_: usize) -> InstructionError {
    InstructionError::InvalidInstructionData
}

/// Runs the matrix: first the valid instruction, whose effects are taken back; then the cells; then the valid one
/// again, and what it did.
#[track_caller]
pub fn check(world: &mut World, sponsor: &Person, case: Case) -> Executed {
    let Case { valid, roles, .. } = case;
    assert_eq!(
        valid.accounts.len(),
        roles.len(),
        "one role for each account"
    );
    let mut matrix = Matrix {
        world,
        sponsor,
        valid,
        signers: case.signers,
    };
    let before = matrix.world.svm.clone();
    let signers = matrix.signers_of(valid);
    let twin = matrix.world.lands(valid.clone(), &signers);
    matrix.world.svm = before;
    for (index, role) in roles.iter().enumerate() {
        matrix.refuses_flags(index, role);
        matrix.refuses_addresses(index, role);
        matrix.refuses_contents(index, role);
    }
    matrix.refuses_others(roles, case.others);
    matrix.refuses_swapped(roles, case.swapped);
    matrix.refuses_duplicates(roles);
    matrix.refuses_missing_account(roles);
    matrix.refuses_data(case.truncated);
    let landed = matrix.world.lands(valid.clone(), &signers);
    assert_eq!(landed.changes, twin.changes, "the cells left no trace");
    landed
}

struct Matrix<'a> {
    world: &'a mut World,
    /// Pays every fee, so that no other signature or writable flag comes from that.
    sponsor: &'a Person,
    valid: &'a Instruction,
    signers: &'a [&'a Keypair],
}

impl<'a> Matrix<'a> {
    fn signers_of(&self, instruction: &Instruction) -> Vec<&'a Keypair> {
        let signs = |key: &Address| {
            instruction
                .accounts
                .iter()
                .any(|meta| meta.is_signer && meta.pubkey == *key)
        };
        let others = self
            .signers
            .iter()
            .copied()
            .filter(|keypair| signs(&keypair.pubkey()));
        std::iter::once(&self.sponsor.wallet)
            .chain(others)
            .collect()
    }

    #[track_caller]
    fn refuses(&mut self, instruction: Instruction, error: InstructionError) {
        let signers = self.signers_of(&instruction);
        self.world.refuses_with(instruction, &signers, error);
    }

    #[track_caller]
    fn refuses_meta(
        &mut self,
        index: usize,
        error: InstructionError,
        change: impl FnOnce(&mut AccountMeta),
    ) {
        let mut instruction = self.valid.clone();
        change(&mut instruction.accounts[index]);
        self.refuses(instruction, error);
    }

    /// Missing signatures, and accounts that are not writable.
    fn refuses_flags(&mut self, index: usize, role: &Role) {
        let meta = &self.valid.accounts[index];
        let (is_signer, is_writable) = (meta.is_signer, meta.is_writable);
        assert_eq!(
            is_signer,
            matches!(role, Role::Signer | Role::Payer),
            "role of account {index}"
        );
        if is_signer {
            let error = InstructionError::MissingRequiredSignature;
            self.refuses_meta(index, error, |meta| meta.is_signer = false);
        }
        if is_writable {
            // Anchor checks both flags of a signer at once.
            let error = if is_signer {
                InstructionError::MissingRequiredSignature
            } else {
                NOT_WRITABLE
            };
            self.refuses_meta(index, error, |meta| meta.is_writable = false);
        }
    }

    /// Other addresses, also those of a bump that is not the canonical one.
    fn refuses_addresses(&mut self, index: usize, role: &Role) {
        let other = self.sponsor.address();
        match role {
            Role::New(seeds) | Role::Derived(seeds) => {
                let other_bump = non_canonical(seeds);
                self.refuses(
                    with_account(self.valid, index, other_bump),
                    InstructionError::InvalidSeeds,
                );
                if matches!(role, Role::New(_)) {
                    self.refuses(
                        with_account(self.valid, index, other),
                        InstructionError::InvalidSeeds,
                    );
                }
            }
            Role::Wallet(rule) | Role::SoleWallet(rule) => {
                self.refuses(with_account(self.valid, index, other), code_of(*rule));
            }
            Role::System => {
                self.refuses(
                    with_account(self.valid, index, other),
                    CONSTRAINT_EXECUTABLE,
                );
                self.refuses(
                    with_account(self.valid, index, ID),
                    InstructionError::IncorrectProgramId,
                );
            }
            Role::Signer | Role::Payer | Role::Stored | Role::Trailing | Role::Listed => {}
        }
    }

    /// Look-alikes of an account: another program's, there or elsewhere; another kind, cut short, with a tail that is
    /// not there, closed, revived.
    fn refuses_contents(&mut self, index: usize, role: &Role) {
        if !is_stored(role) {
            return;
        }
        let meta = self.valid.accounts[index].clone();
        let original = self.world.account(&meta.pubkey);
        let (own, _) = original
            .data
            .split_first_chunk::<8>()
            .expect("a discriminator");
        let foreign = |account: &mut Account| account.owner = Address::new_from_array([9; 32]);
        self.refuses_content(&meta, InstructionError::IllegalOwner, foreign);
        self.refuses_look_alike(index, role, &original);
        for kind in KINDS
            .into_iter()
            .chain([&[0; 8][..], &[0xff; 8]])
            .filter(|kind| kind != own)
        {
            let error = InstructionError::InvalidAccountData;
            self.refuses_content(&meta, error, |account| {
                account.data[..8].copy_from_slice(kind)
            });
        }
        for length in [0, 8, 40] {
            let error = InstructionError::AccountDataTooSmall;
            self.refuses_content(&meta, error, |account| account.data.truncate(length));
        }
        if let Some(length) = tail_length_at(own) {
            let too_long = |account: &mut Account| account.data[length..length + 4].fill(0xff);
            self.refuses_content(&meta, InstructionError::InvalidAccountData, too_long);
        }
        if !matches!(role, Role::Derived(_)) {
            // Anchor looks at the length of a writable account first.
            let error = match meta.is_writable {
                true => InstructionError::AccountDataTooSmall,
                false => InstructionError::UninitializedAccount,
            };
            self.refuses_content(&meta, error, |account| *account = Account::default());
            // Revived: somebody sent lamports to the closed account, which is the system program's since.
            let error = match meta.is_writable {
                true => InstructionError::AccountDataTooSmall,
                false => InstructionError::IllegalOwner,
            };
            self.refuses_content(&meta, error, |account| {
                (account.data, account.owner) = (vec![], Address::default());
            });
        }
    }

    /// Another program's account at another address, with the very bytes.
    fn refuses_look_alike(&mut self, index: usize, role: &Role, original: &Account) {
        let address = Address::new_from_array([0x1a; 32]);
        let look_alike = Account {
            owner: Address::new_from_array([9; 32]),
            ..original.clone()
        };
        let error = match role {
            Role::Derived(_) => InstructionError::InvalidSeeds,
            Role::Listed => code_of(GenerionError::WrongRecord),
            _ => InstructionError::IllegalOwner,
        };
        let svm = &mut self.world.svm;
        svm.set_account(address, look_alike).expect("no sysvar");
        self.refuses(with_account(self.valid, index, address), error);
        let gone = Account::default();
        self.world
            .svm
            .set_account(address, gone)
            .expect("no sysvar");
    }

    fn refuses_others(&mut self, roles: &[Role], others: &[(usize, Address, InstructionError)]) {
        for (index, role) in roles.iter().enumerate() {
            let stored = is_stored(role);
            let named = others.iter().any(|(of, ..)| *of == index);
            assert_eq!(stored, named, "another's account in place {index}");
        }
        for (index, other, error) in others {
            self.refuses(with_account(self.valid, *index, *other), error.clone());
        }
    }

    /// Two accounts exchanged, each under the other's flags.
    fn refuses_swapped(&mut self, roles: &[Role], swapped: &[(usize, usize, InstructionError)]) {
        let signs = |index: &usize| matches!(roles[*index], Role::Signer | Role::Payer);
        let silent: Vec<usize> = (0..roles.len()).filter(|index| !signs(index)).collect();
        let pairs = silent.iter().enumerate().flat_map(|(place, one)| {
            let later = silent[place + 1..].iter();
            later.map(|other| (*one, *other))
        });
        let named = swapped.iter().map(|(one, other, _)| (*one, *other));
        assert_eq!(
            named.collect::<Vec<_>>(),
            pairs.collect::<Vec<_>>(),
            "pairs to swap"
        );
        for (one, other, error) in swapped {
            let [first, second] = [*one, *other].map(|index| self.valid.accounts[index].pubkey);
            let exchanged = with_account(&with_account(self.valid, *one, second), *other, first);
            self.refuses(exchanged, error.clone());
        }
    }

    #[track_caller]
    fn refuses_content(
        &mut self,
        meta: &AccountMeta,
        error: InstructionError,
        change: impl FnOnce(&mut Account),
    ) {
        let original = self.world.replace(&meta.pubkey, change);
        self.refuses(self.valid.clone(), error);
        self.world
            .svm
            .set_account(meta.pubkey, original)
            .expect("no sysvar");
    }

    /// One account in two places, where one of them is written to.
    fn refuses_duplicates(&mut self, roles: &[Role]) {
        let sole =
            |role: &Role| !matches!(role, Role::Payer | Role::Wallet(_)) && !is_trailing(role);
        for (written, role) in roles.iter().enumerate() {
            if !(sole(role) && self.valid.accounts[written].is_writable) {
                continue;
            }
            for other in (0..roles.len()).filter(|other| *other != written) {
                let mut instruction =
                    with_account(self.valid, other, self.valid.accounts[written].pubkey);
                instruction.accounts[other].is_signer = self.valid.accounts[written].is_signer;
                self.refuses(instruction, DUPLICATE);
            }
        }
    }

    fn refuses_missing_account(&mut self, roles: &[Role]) {
        let declared = roles.iter().filter(|role| !is_trailing(role)).count();
        let mut instruction = self.valid.clone();
        instruction.accounts.truncate(declared - 1);
        self.refuses(instruction, MISSING_ACCOUNT);
    }

    fn refuses_data(&mut self, truncated: &dyn Fn(usize) -> InstructionError) {
        for length in 0..self.valid.data.len() {
            let mut instruction = self.valid.clone();
            instruction.data.truncate(length);
            self.refuses(instruction, truncated(length));
        }
        let mut instruction = self.valid.clone();
        instruction.data.push(0);
        self.refuses(instruction, InstructionError::InvalidInstructionData);
    }
}

/// Whether an account is one of the program's, and there.
fn is_stored(role: &Role) -> bool {
    matches!(role, Role::Stored | Role::Derived(_)) || is_trailing(role)
}

/// Whether an account stands behind the declared ones.
fn is_trailing(role: &Role) -> bool {
    matches!(role, Role::Trailing | Role::Listed)
}

/// The discriminators of all kinds of accounts.
const KINDS: [&[u8]; 7] = [
    User::DISCRIMINATOR,
    Record::DISCRIMINATOR,
    Order::DISCRIMINATOR,
    Purchase::DISCRIMINATOR,
    Share::DISCRIMINATOR,
    Study::DISCRIMINATOR,
    Application::DISCRIMINATOR,
];

/// Where the length of an account's tail stands, if it has one.
fn tail_length_at(discriminator: &[u8]) -> Option<usize> {
    let sizes = [
        (Record::DISCRIMINATOR, size_of::<Record>()),
        (Order::DISCRIMINATOR, size_of::<Order>()),
        (Purchase::DISCRIMINATOR, size_of::<Purchase>()),
        (Study::DISCRIMINATOR, size_of::<Study>()),
        (Application::DISCRIMINATOR, size_of::<Application>()),
    ];
    sizes
        .iter()
        .find(|(kind, _)| *kind == discriminator)
        .map(|(_, size)| 8 + size)
}

/// The next address of these seeds below the canonical bump.
fn non_canonical(seeds: &[Vec<u8>]) -> Address {
    let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
    let (_, canonical) = Address::find_program_address(&seeds, &ID);
    (0..canonical)
        .rev()
        .find_map(|bump| {
            Address::create_program_address(&[&seeds[..], &[&[bump]]].concat(), &ID).ok()
        })
        .expect("half of all bumps give an address")
}
