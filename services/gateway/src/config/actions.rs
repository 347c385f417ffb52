//! The description of gateway and app for wallets.

use serde::Deserialize;
use solana_address::Address;
use thiserror::Error;
use url::Url;

/// The placeholder for an order's address.
const ORDER: &str = "{order}";

/// The texts of Solana Actions that are not from the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionsConfig {
    /// The gateway's own address as wallets reach it, without a path; `None`: the host that a request names, without TLS.
    pub public_url: Option<String>,
    /// The page of the app that shows an order.
    pub order_page: Option<OrderPage>,
}

/// A setting can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidActionsConfig {
    /// The gateway's address.
    #[error(
        "`public_url`: expected scheme and host, with the port unless it is the default of the scheme, such as \
         \"https://gateway.example\""
    )]
    PublicUrl,
    /// The page of an order.
    #[error(
        "`order_page`: expected an address with {{order}} in it, such as \"https://app.example/orders/{{order}}\""
    )]
    OrderPage,
}

/// The settings as the configuration file has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActionsSection {
    /// [`ActionsConfig::public_url`].
    pub public_url: Option<String>,
    /// [`ActionsConfig::order_page`].
    pub order_page: Option<String>,
}

impl ActionsSection {
    /// The settings that it stands for.
    ///
    /// # Errors
    /// [`InvalidActionsConfig`].
    pub fn config(&self) -> Result<ActionsConfig, InvalidActionsConfig> {
        if let Some(url) = &self.public_url
            && !is_origin(url)
        {
            return Err(InvalidActionsConfig::PublicUrl);
        }
        let page = self.order_page.as_deref().map(OrderPage::parse);
        Ok(ActionsConfig {
            public_url: self.public_url.clone(),
            order_page: page.transpose()?,
        })
    }
}

/// A page of an app, for each order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPage(String);

impl OrderPage {
    /// The address of a page in which `{order}` stands for the order's address.
    ///
    /// # Errors
    /// [`InvalidActionsConfig::OrderPage`].
    pub fn parse(text: &str) -> Result<Self, InvalidActionsConfig> {
        let page = Self(text.to_owned());
        match text.contains(ORDER) && is_web_address(&page.of(&Address::default())) {
            true => Ok(page),
            false => Err(InvalidActionsConfig::OrderPage),
        }
    }

    /// The page of an order.
    pub fn of(&self, order: &Address) -> String {
        self.0.replace(ORDER, &order.to_string())
    }
}

fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn is_origin(text: &str) -> bool {
    is_web_address(text)
        && Url::parse(text).is_ok_and(|url| url.origin().ascii_serialization() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_origin_is_the_address_of_a_gateway() {
        let read = |url: &str| {
            let section = ActionsSection {
                public_url: Some(url.to_owned()),
                order_page: None,
            };
            section.config().map(|config| config.public_url)
        };
        for url in ["https://gateway.example", "http://127.0.0.1:8790"] {
            assert_eq!(read(url), Ok(Some(url.to_owned())));
        }
        for url in [
            "",
            "gateway.example",
            "https://gateway.example/",
            "https://gateway.example/path",
            "https://user@gateway.example",
            "ftp://gateway.example",
        ] {
            assert_eq!(read(url), Err(InvalidActionsConfig::PublicUrl), "{url}");
        }
    }

    #[test]
    fn the_page_of_an_order_has_the_orders_address() {
        let page = OrderPage::parse("https://app.example/#/orders/{order}").unwrap();
        let order = Address::new_from_array([7; 32]);
        let expected = format!("https://app.example/#/orders/{order}");
        assert_eq!(page.of(&order), expected);
        for text in [
            "https://app.example/orders",
            "app.example/{order}",
            "javascript:{order}",
            "",
        ] {
            assert_eq!(OrderPage::parse(text), Err(InvalidActionsConfig::OrderPage));
        }
    }
}
