//! The file of `--patients`: which wallet a patient of an export has.

use std::{collections::HashMap, fs, path::Path};

use generion_client::solana_address::Address;

use crate::{
    args::addressee::Addressee,
    output::failure::{Failure, files::file_error},
};

/// Advice for a file with mistakes.
const ADVICE: &str = "Each line has a patient's id, a comma and the patient's wallet, and, if research copies go to another \
                      wallet, a comma and that wallet.";

/// A patient's wallets.
pub struct Wallets {
    pub owner: Addressee,
    /// Where research copies go.
    pub copies: Option<Addressee>,
}

/// Patients by their ids.
pub type Patients = HashMap<String, Wallets>;

/// Reads the file: `patient,wallet` or `patient,wallet,wallet for copies` in each line. A first line whose wallet is no address
/// is a heading.
pub fn read_patients(path: &Path, cards: &[Addressee]) -> Result<Patients, Failure> {
    let text = fs::read_to_string(path).map_err(|error| file_error(path, error))?;
    let mut patients = Patients::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |why: &str| {
            Failure::new(
                format!("{}, line {}: {why}", path.display(), index + 1),
                ADVICE,
            )
        };
        let fields: Vec<_> = line
            .split(',')
            .map(|field| field.trim().trim_matches('"'))
            .collect();
        let (patient, wallets) = match fields[..] {
            [patient, ref wallets @ ..] if matches!(wallets.len(), 1 | 2) => (patient, wallets),
            _ => return Err(wrong("it has not two or three fields")),
        };
        let wallets: Result<Vec<Address>, _> = wallets
            .iter()
            .filter(|wallet| !wallet.is_empty())
            .map(|wallet| wallet.parse())
            .collect();
        let addressed = |wallet: &Address| {
            let card = cards.iter().find(|card| card.wallet() == wallet);
            card.cloned().unwrap_or(Addressee::Wallet(*wallet))
        };
        let wallets = match wallets.as_deref() {
            Ok([owner]) => Wallets {
                owner: addressed(owner),
                copies: None,
            },
            Ok([owner, copies]) => Wallets {
                owner: addressed(owner),
                copies: Some(addressed(copies)),
            },
            Err(_) if index == 0 => continue,
            _ => return Err(wrong("there is no wallet")),
        };
        if patients.insert(patient.to_owned(), wallets).is_some() {
            return Err(wrong("the patient is there twice"));
        }
    }
    Ok(patients)
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "11111111111111111111111111111112";
    const B: &str = "11111111111111111111111111111113";

    fn read(text: &str) -> Result<Patients, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.csv");
        fs::write(&path, text).unwrap();
        read_patients(&path, &[]).map_err(|failure| failure.message)
    }

    #[test]
    fn patients_have_one_or_two_wallets() {
        let text = format!("\u{feff}id,wallet\r\np-1,{A}\r\n\r\n\"p-2\", {A} ,{B}\r\np-3,{B},\r\n");
        let patients = read(&text).unwrap();
        let of = |id: &str| {
            let Wallets { owner, copies } = &patients[id];
            let copies = copies.as_ref().map(|copies| copies.wallet().to_string());
            (owner.wallet().to_string(), copies)
        };
        assert_eq!(patients.len(), 3);
        assert_eq!(of("p-1"), (A.to_owned(), None));
        assert_eq!(of("p-2"), (A.to_owned(), Some(B.to_owned())));
        assert_eq!(of("p-3"), (B.to_owned(), None));
    }

    #[test]
    fn a_line_with_a_mistake_is_named() {
        for (text, message) in [
            (
                format!("p-1,{A}\np-2\n"),
                "line 2: it has not two or three fields",
            ),
            (
                format!("p-1,{A}\np-2,nobody\n"),
                "line 2: there is no wallet",
            ),
            (format!("p-1,{A}\np-2,\n"), "line 2: there is no wallet"),
            (
                format!("p-1,{A}\np-1,{B}\n"),
                "line 2: the patient is there twice",
            ),
            (
                format!("p-1,{A},{B},{B}\n"),
                "line 1: it has not two or three fields",
            ),
        ] {
            let found = read(&text).err().unwrap_or_default();
            assert!(found.ends_with(message), "{found}");
        }
    }
}
