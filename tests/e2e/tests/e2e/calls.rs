//! The requests of commands to a node, counted by a proxy and compared with `client/cli/calls.md`, so that nobody adds
//! a request unnoticed. With `UPDATE_CALLS` set, the test writes the page.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
    time::Duration,
};

use generion_e2e::{Done, Person, Proxy, Town, shape};

use crate::{OBSERVATION, create_record, number, study_commands::draft, text, verified_record};

/// Requests that a command repeats until something has happened, so that their number varies.
const WAITING: [&str; 2] = ["getSignatureStatuses", "getEpochInfo"];
/// Requests that a delivery also repeats, until its lock is final and the purchase is settled.
const SETTLING: [&str; 2] = ["getMultipleAccounts", "isBlockhashValid"];
/// Commands without a row: they send no request, the same requests as another command, or never end.
const WITHOUT: [&str; 17] = [
    "key export",
    "localnet clock",
    "man",
    "node check",
    "node distrust",
    "node trust",
    "order ids",
    "record addresses",
    // As two of `record open`.
    "record compare",
    "record erase",
    "share open-link",
    "store erase",
    "store status",
    "user distrust",
    "user trust",
    "user trusted",
    "key rotate",
];

const PREFACE: &str = "\
# Requests of commands to a node

The table counts the JSON-RPC requests of each command to a local node. A proxy counts them (`tests/e2e/tests/e2e/calls.rs`);
`UPDATE_CALLS=1 cargo test --workspace --test e2e calls` writes this page. Two equal requests count as two, except while the
command waits: `*` stands for a request that the command repeats until a transaction is confirmed or a purchase is settled.
With a second node, the command sends most of these requests to that node, too.

| command | calls | of which |
| --- | ---: | --- |
";

/// Runs commands through a proxy, and counts their requests.
struct Counter<'a> {
    node: &'a Proxy,
    table: BTreeMap<String, String>,
}

impl Counter<'_> {
    fn does(&mut self, person: &Person, name: &str, words: &[&str]) -> Done {
        let (done, calls, _) = self.node.measure(|| person.at(&self.node.url).does(words));
        let mut waits = WAITING.to_vec();
        if name == "deliver" {
            waits.extend(SETTLING);
        }
        let (mut count, mut list) = (0, Vec::new());
        for (method, times) in &calls {
            match waits.contains(&method.as_str()) {
                true => list.push(format!("`{method}` *")),
                false => {
                    count += times;
                    list.push(format!("`{method}` {times}"));
                }
            }
        }
        let row = format!("| `{name}` | {count} | {} |", list.join(", "));
        let known = self.table.insert(name.to_owned(), row);
        assert!(known.is_none(), "{name} is counted twice");
        done
    }
}

/// The commands of studies, by a sponsor and a participant with one record that matches.
fn studies(town: &Town, counter: &mut Counter<'_>, [patient, clinic, sponsor]: [&Person; 3]) {
    let mut does = |person: &Person, name: &str, words: &[&str]| counter.does(person, name, words);
    let describe = ["study", "describe", "draft.json", "--to", "study.txt"];
    let describe = [&describe[..], &["--force"]].concat();
    let create = ["study", "create", "study.txt", "--closes", "1day"];
    let write = |admission| {
        let draft = draft(clinic, admission, "Hearts").to_string();
        town.write("draft.json", draft.as_bytes());
    };
    write("open");
    does(sponsor, "study describe", &describe);
    let study = text(&does(sponsor, "study create", &create), "/study/address");
    does(sponsor, "study fund", &["study", "fund", &study, "1SOL"]);
    does(patient, "study list", &["study", "list"]);
    does(patient, "study show", &["study", "show", &study]);
    does(patient, "study match", &["study", "match", "study.txt"]);
    does(patient, "study join", &["study", "join", "study.txt"]);
    write("selection");
    sponsor.does(&describe);
    let other = text(&sponsor.does(&create), "/study/address");
    sponsor.does(&["study", "fund", &other, "1SOL"]);
    let apply = ["study", "apply", "study.txt"];
    does(patient, "study apply", &apply);
    does(patient, "study leave", &["study", "leave", &other]);
    patient.does(&apply);
    let list = ["study", "applications", &other];
    does(sponsor, "study applications", &list);
    let wallet = patient.address.to_string();
    let admit = ["study", "admit", &other, &wallet];
    does(sponsor, "study admit", &admit);
    let update = ["study", "update", &study, "--end"];
    let ended = does(sponsor, "study update", &update);
    town.move_clock(i64::try_from(number(&ended, "/closes_at")).unwrap());
    does(sponsor, "study withdraw", &["study", "withdraw", "0"]);
    does(sponsor, "study close", &["study", "close", "0"]);
}

/// Every command sends exactly the requests in the table.
#[test]
fn calls_of_each_command_are_those_in_the_table() {
    let town = Town::found();
    let node = Proxy::before(&town.rpc_url, Duration::ZERO);
    let [patient, clinic, doctor, buyer] =
        ["patient", "clinic", "doctor", "buyer"].map(|role| town.person(role));
    doctor.does(&["user", "set-key"]);
    let mut counter = Counter {
        node: &node,
        table: BTreeMap::new(),
    };
    let mut does = |person: &Person, name: &str, words: &[&str]| counter.does(person, name, words);

    does(&patient, "user set-key", &["user", "set-key"]);
    does(&patient, "user show", &["user", "show"]);
    does(&patient, "user card", &["user", "card"]);
    does(&patient, "user list", &["user", "list"]);
    let file = town.write("document.json", OBSERVATION);
    let (file, owner) = (file.to_string_lossy(), patient.address.to_string());
    let create = create_record(&file, &owner, &town.store_url);
    let created = does(&clinic, "record create", &create);
    let record = text(&created, "/record/address");
    for index in 0..10 {
        let folder = town.folder.join("documents");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{index}.txt")), format!("{index}")).unwrap();
    }
    let import = ["record", "import", "documents", "--owner", &owner];
    let import = [&import[..], &["--store", &town.store_url]].concat();
    does(&clinic, "record import (10 documents)", &import);
    does(&clinic, "record import (nothing new)", &import);
    does(&patient, "record list", &["record", "list"]);
    does(&patient, "record show", &["record", "show", &record]);
    let facts = ["record", "show", "--facts", &record];
    does(&patient, "record show --facts", &facts);
    let check = ["record", "check", &record, "--to", "checked.json"];
    does(&patient, "record check", &check);
    does(&patient, "record verify", &["record", "verify", &record]);
    let open = ["record", "open", &record, "--to", "own.json"];
    does(&patient, "record open", &open);

    let with = doctor.address.to_string();
    let share = ["share", "create", &record, "--with", &with];
    let share = text(&does(&patient, "share create", &share), "/share/address");
    let open = ["share", "open", &share, "--to", "shared.json"];
    does(&doctor, "share open", &open);
    does(&doctor, "share list", &["share", "list"]);
    does(&patient, "share revoke", &["share", "revoke", &share]);
    let at = ["--store", &town.store_url];
    let link = [&["share", "link", &record][..], &at].concat();
    let link = text(&does(&patient, "share link", &link), "/id");
    does(
        &patient,
        "share links",
        &[&["share", "links"][..], &at].concat(),
    );
    let show = [&["share", "show-link", &link][..], &at].concat();
    does(&patient, "share show-link", &show);
    let revoke = [&["share", "revoke-link", &link][..], &at].concat();
    does(&patient, "share revoke-link", &revoke);

    let words = ["order", "create", "--record", &record, "--price", "0.25SOL"];
    let more = ["--window", "1h", "--label", "one", "--reveal-identifiers"];
    let created = does(&patient, "order create", &[&words[..], &more].concat());
    let order = text(&created, "/order/address");
    does(&buyer, "order list", &["order", "list"]);
    does(&buyer, "order show", &["order", "show", &order]);
    let buy = ["purchase", "buy", &order, "--receipts", "receipts"];
    let purchase = text(&does(&buyer, "purchase buy", &buy), "/purchase/address");
    does(&buyer, "purchase list", &["purchase", "list"]);
    does(&buyer, "purchase show", &["purchase", "show", &purchase]);
    does(
        &patient,
        "purchase refund",
        &["purchase", "refund", &purchase],
    );
    let bought = buyer.does(&["purchase", "buy", &order, "--receipts", "receipts"]);
    let purchase = text(&bought, "/purchase/address");
    does(&patient, "deliver", &["deliver", &purchase]);
    let words = ["--receipts", "receipts"];
    let open = ["purchase", "open", &purchase, "--to", "bought"];
    does(&buyer, "purchase open", &[&open[..], &words].concat());
    let close = ["purchase", "close", &purchase];
    does(&buyer, "purchase close", &[&close[..], &words].concat());
    does(&patient, "order close", &["order", "close", &order]);
    does(&patient, "history", &["history", &record]);
    does(&patient, "key show", &["key", "show"]);
    does(&patient, "record delete", &["record", "delete", &record]);
    buyer.does(&["user", "set-key"]);
    verified_record(&town, &clinic, &buyer, OBSERVATION);
    studies(&town, &mut counter, [&buyer, &clinic, &doctor]);

    let of_command = |command: &String| {
        let is_its = |row: &String| row == command || row.starts_with(&format!("{command} ("));
        counter.table.keys().any(is_its) || WITHOUT.contains(&command.as_str())
    };
    let commands = shape::shapes().into_keys();
    let commands = commands.filter(|command| !command.contains("--"));
    let without: Vec<_> = commands.filter(|command| !of_command(command)).collect();
    assert_eq!(without, [""; 0], "commands whose calls nobody counts");
    let rows = counter.table.into_values();
    let mut page = PREFACE.to_owned();
    for row in rows {
        writeln!(page, "{row}").unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/cli/calls.md");
    if std::env::var_os("UPDATE_CALLS").is_some() {
        return fs::write(path, page).unwrap();
    }
    let committed = fs::read_to_string(path).expect("client/cli/calls.md is there");
    let other = |one: &str, other: &str| -> Vec<String> {
        let known: BTreeSet<_> = other.lines().collect();
        let lines = one.lines().filter(|line| !known.contains(line));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        other(&page, &committed),
        other(&committed, &page),
        "a command asks something else than the table has"
    );
}
