use crate::support::Home;

#[track_caller]
fn assert_help(arguments: &[&str], expected: &[&str]) {
    let ended = Home::empty().run(&[arguments, &["--help"]].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    for line in expected {
        assert!(
            ended.stdout.contains(line),
            "{line} is missing in:\n{}",
            ended.stdout
        );
    }
}

#[test]
fn every_noun_is_told() {
    let nouns = [
        "  user      Users and their encryption keys",
        "  record    Records: write, check, verify, open, delete",
        "  share     Open a record to somebody, free of charge",
        "  order     Put records up for sale",
        "  purchase  Buy orders and open what was delivered",
        "  deliver   Deliver the keys of purchases and collect their price",
        "  key       Encryption keys: show, rotate, export to a key file",
        "  store     Documents in document stores",
        "  localnet  Run a local validator and a document store to try all this with",
    ];
    assert_help(&[], &nouns);
}

#[test]
fn every_verb_is_told() {
    assert_help(&["user"], &["  set-key  ", "  show     ", "  list     "]);
    let verbs = [
        "create", "import", "list", "ids", "show", "check", "verify", "open", "delete",
    ];
    assert_help(
        &["record"],
        &verbs.map(|verb| format!("  {verb:<7} ").leak() as &str),
    );
    assert_help(
        &["share"],
        &["  create  ", "  list    ", "  open    ", "  revoke  "],
    );
    assert_help(
        &["order"],
        &[
            "  create  ",
            "  list    ",
            "  ids     ",
            "  show    ",
            "  close   ",
        ],
    );
    let verbs = ["buy", "list", "show", "open", "refund", "close"];
    assert_help(
        &["purchase"],
        &verbs.map(|verb| format!("  {verb:<7} ").leak() as &str),
    );
    assert_help(&["key"], &["  show    ", "  export  ", "  rotate  "]);
    assert_help(&["store"], &["  status  ", "  erase   "]);
}

#[test]
fn defaults_are_told_for_every_command() {
    let global = [
        "-u, --url <URL>",
        "[env: GENERION_URL=]",
        "[default: localhost]",
        "-k, --keypair <FILE>",
        "[default: ~/.config/solana/id.json]",
        "--allow-private-addresses",
        "-y, --yes",
        "- display: Text",
        "- json:    JSON",
    ];
    for command in [&["user", "list"][..], &["purchase", "buy"], &["deliver"]] {
        assert_help(command, &global);
    }
}
