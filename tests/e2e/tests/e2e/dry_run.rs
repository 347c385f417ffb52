//! Dry runs, compared with what the commands then do.

use std::{collections::BTreeMap, fs};

use generion_e2e::{Done, Person, Town};
use serde_json::Value;
use solana_address::Address;

use crate::{CONDITION, OBSERVATION, create_record, number, offer, text, verified_record};

/// The wallet that pays for a command, and the place of the transaction in its JSON.
struct Placeholder<'a> {
    town: &'a Town,
    payer: &'a Person,
}

impl Placeholder<'_> {
    /// Checks that a command's dry run changes nothing, and predicts its cost to the lamport.
    #[track_caller]
    fn of(&self, actor: &Person, words: &[&str]) -> Done {
        let before = self.lamports();
        let files = files(self.town);
        let told = actor.does(&[words, &["--dry-run"]].concat());
        assert_eq!(
            self.lamports(),
            before,
            "a dry run of {words:?} cost something"
        );
        assert_eq!(
            files,
            self::files(self.town),
            "a dry run of {words:?} wrote something"
        );

        let accounts = told["dry_run"]["accounts"].as_array().expect("accounts");
        let mut changes: BTreeMap<String, i128> = accounts.iter().map(change).collect();
        let balances = |town: &Town, changes: &BTreeMap<String, i128>| -> BTreeMap<String, i128> {
            let lamports = |address: &String| town.lamports(&address.parse().expect("an address"));
            changes
                .keys()
                .map(|address| (address.clone(), i128::from(lamports(address))))
                .collect()
        };
        let mut earlier = balances(self.town, &changes);
        let done = actor.does(words);
        if words[..2] == ["record", "create"] {
            // A record's address follows from its contents, which are encrypted anew each time.
            let isn_t_there =
                |address: &String| self.town.lamports(&address.parse().expect("an address")) == 0;
            let planned = changes.keys().find(|address| isn_t_there(address)).cloned();
            let planned = planned.expect("a record was planned");
            let record = text(&done, "/record/address");
            for known in [&mut changes, &mut earlier] {
                let lamports = known.remove(&planned).expect("it is in there");
                known.insert(record.clone(), lamports);
            }
        }
        let later = balances(self.town, &changes);
        for (address, change) in &changes {
            assert_eq!(
                later[address] - earlier[address],
                *change,
                "{words:?}: {address} was told to change by {change}"
            );
        }
        let spent = i128::from(before) - i128::from(self.lamports());
        assert_eq!(
            told["dry_run"]["cost_lamports"].as_i64().map(i128::from),
            Some(spent)
        );
        assert!(number(&told, "/dry_run/compute_units") > 0);
        assert!(number(&told, "/dry_run/transaction_bytes") <= 1_232);
        done
    }

    /// Checks that the dry run of a command with several transactions changes nothing, and predicts the maximum cost.
    #[track_caller]
    fn at_most(&self, actor: &Person, words: &[&str]) {
        let (before, files) = (self.lamports(), files(self.town));
        let told = actor.does(&[words, &["--dry-run"]].concat());
        let most = number(&told, "/dry_run/cost_lamports");
        assert_eq!(self.lamports(), before, "a dry run cost something");
        assert_eq!(files, self::files(self.town), "a dry run wrote something");

        let done = actor.does(words);
        let settlement = &done["deliveries"][0]["settlement"];
        let spent = before + number(settlement, "/earned_lamports") - self.lamports();
        assert!((1..=most).contains(&spent), "{spent} of {most}");
    }

    fn lamports(&self) -> u64 {
        self.town.lamports(&self.payer.address)
    }
}

fn change(account: &Value) -> (String, i128) {
    let lamports = |field: &str| i128::from(account[field].as_u64().expect("lamports"));
    (
        account["address"].as_str().expect("an address").to_owned(),
        lamports("lamports_after") - lamports("lamports"),
    )
}

/// All files that commands could have written: those in the town's folder, except the validator's and the store's.
fn files(town: &Town) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(&town.folder)
        .expect("the town's folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.extend(town.blobs().iter().map(|path| path.display().to_string()));
    names.sort();
    names
}

/// For each command that sends a transaction, the dry run predicts its accounts and costs.
#[test]
fn what_is_told_beforehand_comes_true() {
    let town = Town::found();
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    let of = |payer| Placeholder { town: &town, payer };
    let document = town.write("document.json", OBSERVATION);
    let document = document.to_string_lossy();

    of(&patient).of(&patient, &["user", "set-key"]);
    doctor.does(&["user", "set-key"]);
    let owner = patient.address.to_string();
    let create = create_record(&document, &owner, &town.store_url);
    let record = text(&of(&clinic).of(&clinic, &create), "/record/address");
    of(&patient).of(&patient, &["record", "verify", &record]);
    let with = doctor.address.to_string();
    let shared = of(&patient).of(&patient, &["share", "create", &record, "--with", &with]);
    let share = text(&shared, "/share/address");
    of(&patient).of(&patient, &["share", "revoke", &share]);

    let order = [
        "order",
        "create",
        "--record",
        &record,
        "--price",
        "0.25SOL",
        "--window",
        "1h",
        "--label",
        "one reading",
        "--reveal-identifiers",
    ];
    let order = text(&of(&patient).of(&patient, &order), "/order/address");
    let buy = ["purchase", "buy", &order, "--receipts", "receipts"];
    let purchase = text(&of(&buyer).of(&buyer, &buy), "/purchase/address");
    of(&patient).at_most(&patient, &["deliver", &purchase]);
    let close = ["purchase", "close", &purchase, "--receipts", "receipts"];
    of(&buyer).of(&buyer, &close);
    let declined = text(&buyer.does(&buy), "/purchase/address");
    of(&patient).of(&patient, &["purchase", "refund", &declined]);
    of(&patient).of(&patient, &["order", "close", &order]);
    of(&patient).of(&patient, &["record", "delete", &record]);
    of(&patient).of(&patient, &["key", "rotate"]);
}

/// A dry run fails with the same error as the command, and names the payer.
#[test]
fn a_dry_run_is_refused_like_the_real_one() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(&town, &clinic, &patient, CONDITION);
    offer(&patient, &[&record]);
    for words in [
        &["record", "verify", &record][..],
        &["record", "delete", &record],
    ] {
        let dry = patient.fails(&[words, &["--dry-run"]].concat());
        let real = patient.fails(words);
        assert!(dry.rule.is_some());
        assert_eq!((dry.rule, dry.message), (real.rule, real.message));
    }

    // A sponsor pays for an empty wallet.
    let newcomer = town.newcomer("newcomer", 0);
    let sponsor = clinic.keypair.to_string_lossy().into_owned();
    let words = ["user", "set-key", "--payer", &sponsor];
    let told = newcomer.does(&[&words[..], &["--dry-run"]].concat());
    let payer = text(&told, "/dry_run/accounts/0/address");
    assert_eq!(payer, clinic.address.to_string());
    newcomer.does(&words);
    let user = town.read::<generion_client::state::User>(&user_account(&town, &newcomer.address));
    assert_eq!(user.wallet, newcomer.address);
    assert_eq!(town.lamports(&newcomer.address), 0);
}

fn user_account(town: &Town, wallet: &Address) -> Address {
    town.ledger.addresses().user(wallet)
}

/// A dry run of an import or an export writes no file; `deliver --all` and `deliver --watch` have no dry run.
#[test]
fn what_has_no_transaction_says_so() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    fs::create_dir(town.folder.join("scans")).unwrap();
    town.write("scans/a.json", OBSERVATION);
    town.write("scans/b.json", CONDITION);
    let owner = patient.address.to_string();
    let import = [
        "record",
        "import",
        "scans",
        "--owner",
        &owner,
        "--store",
        &town.store_url,
        "--dry-run",
    ];
    let before = files(&town);
    let told = clinic.does(&import);
    assert_eq!(
        files(&town),
        before,
        "a dry run left a journal or a document"
    );
    assert!(number(&told, "/dry_run/cost_lamports") > 0);
    let export = ["key", "export", "--to", "keys.age", "--dry-run"];
    assert_eq!(number(&patient.does(&export), "/dry_run/cost_lamports"), 0);
    assert_eq!(files(&town), before);

    for words in [["deliver", "--all"], ["deliver", "--watch"]] {
        let failed = patient.fails(&[&words[..], &["--dry-run"]].concat());
        assert!(
            failed.message.contains("has no dry run"),
            "{}",
            failed.message
        );
    }
}
