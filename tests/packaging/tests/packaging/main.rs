//! The Debian packages: their units, users and configuration files fit each other and the programs.
#![allow(missing_docs)] // test modules: their docs say why, the names what

mod agreement;
mod hardening;
mod proxies;
mod service;
mod starting;
