//! Listing users.

use generion_client::state::User;
use serde::Serialize;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::UserView,
    },
};

#[derive(Serialize)]
struct Users {
    users: Vec<UserView>,
}

/// Lists all users.
pub async fn list(context: &Context) -> Result<Output, Failure> {
    let users = context.ledger().list::<User>(&[]).await?;
    let users: Vec<_> = users.iter().map(UserView::from).collect();
    let is_empty = users.is_empty();
    Output::listed(&Users { users }, is_empty)
}

impl Report for Users {
    fn describe(&self, text: &mut Text) {
        let rows = self.users.iter().map(|user| {
            [
                user.wallet.clone(),
                user.key_index.to_string(),
                user.record_count.to_string(),
                user.encryption_key.clone(),
            ]
        });
        text.table(
            ["WALLET", "KEY INDEX", "RECORDS", "ENCRYPTION KEY"],
            rows,
            "no users",
        );
    }
}
