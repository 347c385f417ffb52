//! The proxies of docs/STORE.md, with the configuration that the page shows.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// The address of the store in the examples, which tests replace.
const STORE: &str = "127.0.0.1:8787";
pub const NAME: &str = "store.example";

/// A proxy in front of a store.
pub struct Proxy {
    kind: Kind,
    child: Child,
    pub address: SocketAddr,
    /// Contains the configuration and the log.
    folder: TempDir,
}

/// The kind of proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    fn example(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddyfile",
        }
    }
}

/// The first example on the page in this language.
pub fn example(language: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/STORE.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, after) = text.split_once(&format!("```{language}\n")).unwrap();
    let (example, _) = after.split_once("```").unwrap();
    example.to_owned()
}

/// An address that no program listens on.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Runs a command. Fails with the name of the missing package.
fn succeed(command: &mut Command, package: &str) {
    let program = command.get_program().to_owned();
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => panic!("{program:?}: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) => panic!(
            "can't run {program:?} ({error}): install the Debian package `{package}`, which these tests need"
        ),
    }
}

impl Proxy {
    /// Starts a proxy at `address`, in front of the store at `store`.
    pub async fn start(kind: Kind, address: SocketAddr, store: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let path = |name: &str| folder.path().join(name);
        let (certificate, key) = (path("certificate.pem"), path("certificate.key"));
        let mut openssl = Command::new("openssl");
        openssl.args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ]);
        openssl.args(["-nodes", "-days", "2", "-subj", &format!("/CN={NAME}")]);
        openssl.args(["-addext", &format!("subjectAltName=DNS:{NAME}")]);
        openssl
            .arg("-out")
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key);
        succeed(&mut openssl, "openssl");
        let [certificate, key] = [&certificate, &key].map(|path| path.to_str().unwrap());
        let replaced = |text: String, from: &str, to: &str| {
            assert!(
                text.contains(from),
                "the example of {kind:?} does not contain {from:?}"
            );
            text.replace(from, to)
        };
        let text = replaced(example(kind.example()), STORE, store);
        let mut command = match kind {
            Kind::Nginx => {
                let text = replaced(text, "listen 443 ", &format!("listen {address} "));
                let text = replaced(text, "/etc/ssl/store.example.pem", certificate);
                let text = replaced(text, "/etc/ssl/store.example.key", key);
                let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                    .map(|kind| format!("{kind}_temp_path {};\n", path(kind).display()));
                let text = format!(
                    "pid {};\nevents {{}}\nhttp {{\n{}{text}}}\n",
                    path("pid").display(),
                    temporary.concat()
                );
                fs::write(path("nginx.conf"), text).unwrap();
                let mut command = Command::new("nginx");
                command.args(["-e", "stderr", "-g", "daemon off;", "-c"]);
                command.arg(path("nginx.conf"));
                succeed(Command::new("nginx").arg("-v"), "nginx");
                command
            }
            Kind::Caddy => {
                // Otherwise Caddy would request a certificate, and listen on other ports too.
                let text = replaced(
                    text,
                    "{\n\tservers",
                    "{\n\tadmin off\n\tauto_https off\n\tservers",
                );
                let site = format!(
                    "https://{NAME}:{} {{\n\tbind {}\n\ttls {certificate} {key}",
                    address.port(),
                    address.ip()
                );
                let text = replaced(text, "store.example {", &site);
                fs::write(path("Caddyfile"), text).unwrap();
                let mut command = Command::new("caddy");
                command.args(["run", "--adapter", "caddyfile", "--config"]);
                command.arg(path("Caddyfile")).env("HOME", folder.path());
                succeed(Command::new("caddy").arg("version"), "caddy");
                command
            }
        };
        let log = File::create(path("log")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let mut proxy = Self {
            kind,
            child: command.spawn().unwrap(),
            address,
            folder,
        };
        while std::net::TcpStream::connect(address).is_err() {
            let ended = proxy.child.try_wait().unwrap();
            assert!(ended.is_none(), "{kind:?} does not start: {}", proxy.log());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        proxy
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // The workers of nginx only end if their master is terminated, not if it is killed. Caddy would wait for clients.
        let signal = match self.kind {
            Kind::Nginx => "-TERM",
            Kind::Caddy => "-KILL",
        };
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args([signal, &pid]).status();
        let _ = self.child.wait();
    }
}
