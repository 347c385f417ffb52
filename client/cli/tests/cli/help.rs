use crate::support::Home;

/// The long one, which has the options that every command takes.
fn help(words: &[&str]) -> String {
    asked_for(words, "--help")
}

/// The short one, of the command's own options.
fn short_help(words: &[&str]) -> String {
    asked_for(words, "-h")
}

fn asked_for(words: &[&str], flag: &str) -> String {
    let ended = Home::empty().run(&[words, &[flag]].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{words:?}");
    ended.stdout
}

/// The nouns or verbs that a help lists.
fn listed(help: &str) -> Vec<&str> {
    help.lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect()
}

#[test]
fn nouns_and_global_options() {
    insta::assert_snapshot!(help(&[]));
}

/// Every verb of every noun, word for word, as `-h` shows it.
#[test]
fn every_command() {
    let root = help(&[]);
    let nouns = listed(&root);
    assert!(nouns.len() >= 12, "{nouns:?}");
    for noun in nouns {
        let of_noun = short_help(&[noun]);
        let mut page = of_noun.clone();
        for verb in listed(&of_noun) {
            let of_verb = short_help(&[noun, verb]);
            page += &format!("\n--- generion {noun} {verb}\n{of_verb}");
        }
        insta::assert_snapshot!(format!("help_{noun}"), page);
    }
}

#[test]
fn global_options_are_told_for_every_command() {
    let root = help(&[]);
    let options = root.split("\nGlobal options:").nth(1).unwrap();
    // Help and version are the root's.
    let options = options.split("  -h, --help").next().unwrap();
    for command in [&["user", "list"][..], &["purchase", "buy"], &["deliver"]] {
        assert!(help(command).contains(options), "{command:?}");
    }
}

/// Most of what a command takes is the same for all: whoever asks briefly sees the command's own.
#[test]
fn a_short_help_leaves_out_what_every_command_takes() {
    for command in [
        &[][..],
        &["user", "list"],
        &["purchase", "buy"],
        &["deliver"],
    ] {
        let short = short_help(command);
        assert!(!short.contains("Global options"), "{command:?}: {short}");
        assert!(
            short.contains("see more with '--help'"),
            "{command:?}: {short}"
        );
        assert!(short.lines().count() < 50, "{command:?}: {short}");
        assert!(help(command).contains("\nGlobal options:\n"), "{command:?}");
    }
}

#[test]
fn completions_know_every_noun() {
    let root = help(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = Home::empty().run(&["completions", shell]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{shell}");
        for noun in listed(&root) {
            assert!(ended.stdout.contains(noun), "{shell} lacks {noun}");
        }
    }
}

/// The shell itself must take the script and complete with it.
#[test]
fn bash_completes_a_verb() {
    let home = Home::empty();
    let script = home.run(&["completions", "bash"]).stdout;
    let path = home.file("generion.bash", &script);
    let line = format!(
        "source {}; COMP_WORDS=(generion record cr); COMP_CWORD=2; _generion generion cr record; echo ${{COMPREPLY[@]}}",
        path.display()
    );
    let ended = crate::support::Ended::of(home.command("bash").args(["--norc", "-c", &line]));
    assert_eq!((ended.stdout.trim(), ended.stderr.as_str()), ("create", ""));
}

#[test]
fn every_command_has_a_manual_page() {
    let home = Home::empty();
    let ended = home.run(&["man", "--to", "pages"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    let root = help(&[]);
    let mut expected = vec!["generion.1".to_owned()];
    for noun in listed(&root) {
        expected.push(format!("generion-{noun}.1"));
        let of_noun = help(&[noun]);
        expected.extend(
            listed(&of_noun)
                .iter()
                .map(|verb| format!("generion-{noun}-{verb}.1")),
        );
    }
    expected.sort();
    let mut written: Vec<_> = std::fs::read_dir(home.path().join("pages"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    written.sort();
    assert_eq!(written, expected);
}
