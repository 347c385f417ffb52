use super::*;

/// A key and a password, as they stand in addresses.
const SECRET: &str = "q7ZkX2vB9mT4";

#[test]
fn the_template_is_the_default_configuration() {
    let template: ConfigFile = toml::from_str(TEMPLATE).unwrap();
    assert_eq!(template, ConfigFile::default());
    let config = template.config().unwrap();
    assert_eq!(config.limits, Limits::default());
    assert_eq!(config.connections, Config::default().connections);
    // The template sets everything except the eight settings that it shows in comments.
    let set: toml::Table = toml::from_str(TEMPLATE).unwrap();
    let shown: toml::Table = toml::from_str(&with_examples()).unwrap();
    assert_eq!(names(&set).len() + 8, names(&shown).len());
}

#[test]
fn the_commented_settings_of_the_template_are_valid() {
    let file: ConfigFile = toml::from_str(&with_examples()).unwrap();
    assert!(
        file.admin_listen.is_some() && file.websocket.is_some() && file.signer.socket.is_some()
    );
    assert!(file.connections.max_open_per_address.is_some());
    assert!(file.requests.max_running_per_address.is_some());
}

/// The template with its commented settings, which are lines that begin with `#` and a lower-case letter.
fn with_examples() -> String {
    let lines = TEMPLATE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if setting.starts_with(|first: char| first.is_ascii_lowercase()) => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn names(table: &toml::Table) -> Vec<&str> {
    table
        .iter()
        .flat_map(|(name, value)| match value {
            toml::Value::Table(table) => names(table),
            _ => vec![name.as_str()],
        })
        .collect()
}

fn read(text: &str) -> Result<Config, ConfigFileError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gateway.toml");
    fs::write(&path, text).unwrap();
    ConfigFile::read(&path)?.config()
}

#[test]
fn errors_name_the_setting_and_the_line() {
    for (text, said) in [
        ("\nlisen = \"127.0.0.1:1\"", "line 2: unknown field `lisen`"),
        (
            "[requests]\nper_minute = 1",
            "line 2: unknown field `per_minute`",
        ),
        ("[requests]\nper_second = 0", "line 2"),
        (
            "[connections]\nproxies = [\"proxy\"]",
            "expected an address or a network",
        ),
        ("[browsers]\norigins = [\"app.example\"]", "line 2"),
        (
            "database = \"mysql://host/name\"",
            "name the database as sqlite:FILE",
        ),
        (
            "nodes = [\"https://a.example\", \"ftp://b.example\"]",
            "number 2",
        ),
        (
            "[relay]\nother_programs = [\"x\"]",
            "expected addresses in base58",
        ),
        ("cluster = \"mainnet\"", "expected mainnet-beta"),
        ("websocket = \"https://a.example\"", "ws:// or wss://"),
        ("nodes = [\"http://a.example\"]", "use https"),
    ] {
        let error = generion_rpc::causes::with_causes(&read(text).unwrap_err());
        assert!(error.contains(said), "{text}: {error}");
    }
    let allowed = "allow_plain_http = true\nnodes = [\"http://a.example\"]";
    assert_eq!(read(allowed).unwrap().nodes.len(), 1);
}

/// No error about a secret's line shows the secret.
#[test]
fn no_error_and_no_debug_output_shows_a_secret() {
    let node = format!("https://node.example/{SECRET}");
    let database = format!("postgres://gateway:{SECRET}@db.example/index?password={SECRET}");
    for text in [
        format!("nodes = \"{node}\""),
        format!("nodes = [\"{node}\" \"x\"]"),
        format!("nodes = [\"{node}\", \"ftp://node.example/{SECRET}\"]"),
        format!("nodes = [\"http://node.example/{SECRET}\"]"),
        format!("nodes = [{node}]"),
        format!("websocket = \"https://node.example/{SECRET}\""),
        format!("cluster = \"{SECRET}\""),
        format!("listen = \"{database}\""),
        format!("database = [\"{database}\"]"),
        format!("database = \"{database}"),
        format!("database = \"mysql://{SECRET}@host\""),
        format!("max_seconds_behind = \"{SECRET}\""),
        format!("\"{SECRET}\" = 1 2"),
    ] {
        let error = read(&text).unwrap_err();
        for shown in [
            format!("{error}"),
            format!("{error:?}"),
            format!("{:#}", anyhow::Error::new(error)),
        ] {
            assert!(!shown.contains(SECRET), "{text}: {shown}");
        }
    }
    let text = format!(
        "database = \"{database}\"\nnodes = [\"{node}\"]\nwebsocket = \"wss://a/{SECRET}\""
    );
    let file: ConfigFile = toml::from_str(&text).unwrap();
    let config = file.config().unwrap();
    assert_eq!(config.nodes[0].expose_full(), node);
    for shown in [
        format!("{file:?}"),
        format!("{config:?}"),
        format!("{config:#?}"),
    ] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}
