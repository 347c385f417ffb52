use std::{fs, os::unix::fs::PermissionsExt};

use generion_rpc::causes::with_causes;

use super::*;
use crate::storage::EventType;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// Reads a file with this text, in which `SECRET_FILE` stands for a file with a secret.
fn read(text: &str) -> Result<Vec<WebhookSubscription>, WebhooksFileError> {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o640)).unwrap();
    let path = folder.path().join("webhooks.toml");
    let secret = format!("secret_file = {:?}", secret.display().to_string());
    fs::write(&path, text.replace("SECRET_FILE", &secret)).unwrap();
    read_subscriptions(&path)
}

/// A file names the receivers, the secrets that sign for each, and the events of each; no error shows a secret.
#[test]
fn a_file_names_receivers_and_what_they_get() {
    let wallet = solana_address::Address::new_from_array([7; 32]);
    let subscriptions = read(&format!(
        "[[webhook]]\nname = \"clinic-1\"\nurl = \"https://clinic.example/hooks/TOKENTOKEN\"\nSECRET_FILE\ned25519 = true\n\
         [webhook.filter]\ntype = [\"purchase.locked\"]\nseller = \"{wallet}\"\n\
         [[webhook]]\nname = \"here\"\nurl = \"http://127.0.0.1:9/\"\nallow_private = true\ned25519 = true\n"
    ))
    .unwrap();
    let [first, second] = subscriptions.as_slice() else {
        panic!("{subscriptions:?}")
    };
    assert_eq!((first.name.as_str(), first.secrets.len()), ("clinic-1", 1));
    assert!(first.is_signed_by_signer && first.reach == Reach::Public);
    assert_eq!(first.filter.types, [EventType::PurchaseLocked].into());
    assert_eq!(first.filter.roles, [("seller", wallet)]);
    assert!(second.secrets.is_empty() && second.reach == Reach::Private);
    let shown = format!("{subscriptions:?}");
    assert!(
        !shown.contains("TOKEN") && !shown.contains(&SECRET[6..]),
        "{shown}"
    );
    assert!(read("").unwrap().is_empty());
}

/// Each mistake in the file is named with the subscription, and without its address.
#[test]
fn mistakes_are_named_without_addresses() {
    let url = "url = \"https://receiver.example/TOKENTOKEN\"";
    for (text, reason) in [
        (
            format!("[[webhook]]\nname = \"A b\"\n{url}\nSECRET_FILE"),
            "webhook number 1: `name`",
        ),
        (
            format!("[[webhook]]\nname = \"a\"\n{url}\nSECRET_FILE\n").repeat(2),
            "two webhooks have the name a",
        ),
        (
            format!("[[webhook]]\nname = \"a\"\n{url}"),
            "needs a `secret_file`",
        ),
        (
            format!("[[webhook]]\nname = \"a\"\n{url}\nsecret_file = \"/nowhere/x\""),
            "can't use /nowhere/x: the secret's file can't be read",
        ),
        (
            format!(
                "[[webhook]]\nname = \"a\"\n{url}\nSECRET_FILE\nfilter = {{ type = [\"order.made\"] }}"
            ),
            "`order.made` is no type of event",
        ),
        (
            format!("[[webhook]]\nname = \"a\"\n{url}\nSECRET_FILE\nfilter = {{ sellr = \"x\" }}"),
            "line 5",
        ),
        (
            "[[webhook]]\nname = \"a\"\nurl = \"https://10.0.0.1/TOKENTOKEN\"\nSECRET_FILE"
                .to_owned(),
            "set `allow_private`",
        ),
        (
            "[[webhook]]\nname = \"a\"\nurl = \"http://receiver.example/TOKENTOKEN\"\nSECRET_FILE"
                .to_owned(),
            "has to be an https address",
        ),
    ] {
        let error = with_causes(&read(&text).unwrap_err());
        assert!(
            error.contains(reason) && !error.contains("TOKEN"),
            "{error}"
        );
    }
}
