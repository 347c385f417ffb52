//! The configuration file with the policy.

use std::{
    collections::{HashMap, HashSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de::Error as _};
use solana_address::Address;

/// The configuration file with all settings, their defaults and their documentation.
pub const TEMPLATE: &str = include_str!("../generion-signer.toml");

/// The list of users, where names are looked up.
const USERS: &str = "/etc/passwd";

/// The configuration file can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not a valid configuration.
    #[error("{} is not a valid configuration", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// The position and the reason.
        source: toml::de::Error,
    },
    /// A user does not exist.
    #[error("there is no user {0} on this machine: correct `users`")]
    UnknownUser(String),
}

/// The configuration file. Settings that it leaves out have the defaults of [`TEMPLATE`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigFile {
    /// The unix socket.
    pub socket: PathBuf,
    /// The file's mode.
    pub socket_mode: Mode,
    /// Users that may connect, by name or number.
    pub users: Vec<String>,
    /// The file of the wallet that pays.
    pub fee_payer: Option<PathBuf>,
    /// The file of the key that signs webhooks.
    pub webhook_key: Option<PathBuf>,
    /// The folder of the budget.
    pub state: PathBuf,
    /// The program.
    #[serde(deserialize_with = "address")]
    pub program_id: Address,
    /// The policy.
    pub sponsor: SponsorSection,
}

/// The mode of a file, in octal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Mode(pub u32);

impl TryFrom<String> for Mode {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match u32::from_str_radix(&text, 8) {
            // Nobody but the signer's user and its group.
            Ok(mode @ (0o600 | 0o660)) => Ok(Self(mode)),
            _ => Err(format!(
                "the socket's mode {text:?} is neither \"0600\" nor \"0660\""
            )),
        }
    }
}

/// The section `[sponsor]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SponsorSection {
    /// [`Limits::lamports_a_day`].
    pub lamports_a_day: u64,
    /// [`Limits::lamports_a_day_per_wallet`].
    pub lamports_a_day_per_wallet: u64,
    /// [`Limits::max_rent`].
    pub max_rent: u64,
    /// [`Limits::max_priority_fee`].
    pub max_priority_fee: u64,
    /// [`Limits::max_instructions`].
    pub max_instructions: usize,
    /// [`Limits::rent_per_byte`].
    pub rent_per_byte: u64,
    /// Programs of guard instructions.
    #[serde(deserialize_with = "addresses")]
    pub guard_programs: HashSet<Address>,
    /// The meaning of `wallets = "known"`.
    #[serde(deserialize_with = "addresses")]
    pub known_wallets: HashSet<Address>,
    /// The instructions that are sponsored.
    pub allow: Vec<AllowSection>,
}

/// A section `[[sponsor.allow]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllowSection {
    /// The instruction.
    pub instruction: Sponsored,
    /// The wallets that are sponsored.
    pub wallets: Wallets,
}

/// The instructions that can be sponsored: those that somebody else signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they are the program's, and documented there")]
pub enum Sponsored {
    SetEncryptionKey,
    CreateRecord,
    VerifyRecord,
    DeleteRecord,
    ShareRecord,
    RevokeShare,
    CreateOrder,
    CloseOrder,
    Purchase,
    Refund,
    ClosePurchase,
}

/// The wallets that an instruction is sponsored for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wallets {
    /// Everybody's.
    All,
    /// Those in `known_wallets`.
    Known,
    /// These.
    These(HashSet<Address>),
}

impl<'de> Deserialize<'de> for Wallets {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Word(String),
            List(Vec<String>),
        }
        match Form::deserialize(from)? {
            Form::Word(word) if word == "all" => Ok(Self::All),
            Form::Word(word) if word == "known" => Ok(Self::Known),
            Form::Word(word) => Err(D::Error::custom(format!(
                "`wallets` is \"all\", \"known\" or a list of wallets, and not {word:?}"
            ))),
            Form::List(list) => parse_all(&list).map(Self::These).map_err(D::Error::custom),
        }
    }
}

fn parse_all(list: &[String]) -> Result<HashSet<Address>, String> {
    let parse = |text: &String| {
        let address = text.parse();
        address.map_err(|_| format!("{text:?} is not an address: an address is 32 bytes in base58"))
    };
    list.iter().map(parse).collect()
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Address, D::Error> {
    let text = String::deserialize(from)?;
    let parsed = text.parse();
    parsed.map_err(|_| D::Error::custom(format!("{text:?} is not an address")))
}

fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<HashSet<Address>, D::Error> {
    parse_all(&Vec::deserialize(from)?).map_err(D::Error::custom)
}

/// The limits of expenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// In total on a day, in lamports.
    pub lamports_a_day: u64,
    /// The limit for one wallet on a day, in lamports.
    pub lamports_a_day_per_wallet: u64,
    /// The limit for the rent of one transaction, in lamports.
    pub max_rent: u64,
    /// The limit for the priority fee of one transaction, in lamports.
    pub max_priority_fee: u64,
    /// Instructions of the program in one transaction.
    pub max_instructions: usize,
    /// Rent of a byte, in lamports.
    pub rent_per_byte: u64,
}

/// The instructions and wallets that are sponsored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The limits.
    pub limits: Limits,
    /// Programs of guard instructions.
    pub guard_programs: HashSet<Address>,
    known: HashSet<Address>,
    allowed: HashMap<Sponsored, Vec<Wallets>>,
}

impl Policy {
    /// Whether an instruction is sponsored at all.
    pub fn allows(&self, instruction: Sponsored) -> bool {
        self.allowed.contains_key(&instruction)
    }

    /// Whether it is sponsored for a wallet.
    pub fn allows_wallet(&self, instruction: Sponsored, wallet: &Address) -> bool {
        let sections = self.allowed.get(&instruction).into_iter().flatten();
        sections.into_iter().any(|wallets| match wallets {
            Wallets::All => true,
            Wallets::Known => self.known.contains(wallet),
            Wallets::These(wallets) => wallets.contains(wallet),
        })
    }
}

impl Default for ConfigFile {
    fn default() -> Self {
        Self {
            socket: PathBuf::from("/run/generion-signer/signer.sock"),
            socket_mode: Mode(0o660),
            users: Vec::new(),
            fee_payer: None,
            webhook_key: None,
            state: PathBuf::from("/var/lib/generion/signer"),
            program_id: generion_interface::Addresses::default().program_id,
            sponsor: SponsorSection::default(),
        }
    }
}

impl Default for SponsorSection {
    fn default() -> Self {
        Self {
            lamports_a_day: 0,
            lamports_a_day_per_wallet: 0,
            max_rent: 2_100_000,
            max_priority_fee: 0,
            max_instructions: 1,
            rent_per_byte: 6_960,
            guard_programs: HashSet::new(),
            known_wallets: HashSet::new(),
            allow: Vec::new(),
        }
    }
}

impl ConfigFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ConfigError::Invalid {
            path: path.to_owned(),
            source,
        })
    }

    /// The policy.
    pub fn policy(&self) -> Policy {
        let section = &self.sponsor;
        let mut allowed: HashMap<_, Vec<_>> = HashMap::new();
        for allow in &section.allow {
            let wallets = allowed.entry(allow.instruction).or_default();
            wallets.push(allow.wallets.clone());
        }
        Policy {
            limits: Limits {
                lamports_a_day: section.lamports_a_day,
                lamports_a_day_per_wallet: section.lamports_a_day_per_wallet,
                max_rent: section.max_rent,
                max_priority_fee: section.max_priority_fee,
                max_instructions: section.max_instructions,
                rent_per_byte: section.rent_per_byte,
            },
            guard_programs: section.guard_programs.clone(),
            known: section.known_wallets.clone(),
            allowed,
        }
    }

    /// The numbers of the users that may connect: root's, the signer's own, and those that the file names.
    ///
    /// # Errors
    /// [`ConfigError::UnknownUser`]; [`ConfigError::Unreadable`] where the list of users can't be read.
    pub fn user_ids(&self) -> Result<HashSet<u32>, ConfigError> {
        let mut ids = HashSet::from([0, rustix::process::geteuid().as_raw()]);
        for user in &self.users {
            ids.insert(match user.parse() {
                Ok(id) => id,
                Err(_) => id_of(user)?,
            });
        }
        Ok(ids)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04o}", self.0)
    }
}

fn id_of(name: &str) -> Result<u32, ConfigError> {
    let users = fs::read_to_string(USERS).map_err(|source| ConfigError::Unreadable {
        path: PathBuf::from(USERS),
        source,
    })?;
    let id = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok())?
    });
    id.ok_or_else(|| ConfigError::UnknownUser(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_the_defaults() {
        let read: ConfigFile = toml::from_str(TEMPLATE).unwrap();
        assert_eq!(read, ConfigFile::default());
    }

    #[test]
    fn what_stands_behind_a_hash_in_the_template_can_be_set() {
        let is_setting = |line: &&str| {
            let rest = line.strip_prefix('#').unwrap_or_default();
            rest.starts_with('[')
                || rest
                    .split_once(" = ")
                    .is_some_and(|(key, _)| !key.contains(' '))
        };
        let settings = TEMPLATE.lines().filter(is_setting);
        let text: String = settings.map(|line| format!("{}\n", &line[1..])).collect();
        let read: ConfigFile = toml::from_str(&text).unwrap();
        assert_eq!(read.sponsor.allow.len(), 2);
        assert!(read.fee_payer.is_some() && read.webhook_key.is_some());
        let policy = read.policy();
        assert!(policy.allows(Sponsored::VerifyRecord));
        assert!(!policy.allows(Sponsored::CreateRecord));
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        for text in [
            "socket_mode = \"0666\"",
            "more = 1",
            "[sponsor]\nguard_programs = [\"x\"]",
            "[[sponsor.allow]]\ninstruction = \"settle\"\nwallets = \"all\"",
            "[[sponsor.allow]]\ninstruction = \"deliver\"\nwallets = \"all\"",
            "[[sponsor.allow]]\ninstruction = \"verify_record\"\nwallets = \"some\"",
            "[[sponsor.allow]]\ninstruction = \"verify_record\"",
        ] {
            assert!(toml::from_str::<ConfigFile>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn users_are_named_or_numbered() {
        let of = |users: &[&str]| {
            let config = ConfigFile {
                users: users.iter().map(|user| (*user).to_owned()).collect(),
                ..ConfigFile::default()
            };
            config.user_ids()
        };
        let ids = of(&["root", "4711"]).unwrap();
        assert!(ids.contains(&0) && ids.contains(&4711));
        let error = of(&["nobody of this name"]).unwrap_err();
        assert!(matches!(error, ConfigError::UnknownUser(_)), "{error}");
    }
}
