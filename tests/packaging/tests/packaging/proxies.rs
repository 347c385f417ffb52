//! The proxies of `packaging/proxy` in front of a store and a gateway. The tests of the store show what a proxy must do;
//! these show that the files for both servers work.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use generion_packaging::Package;
use generion_test_support::{Running, eventually};
use tempfile::TempDir;

use crate::service::Service;

/// nginx forwards requests for each name to its server.
#[test]
fn nginx_serves_store_and_gateway() {
    let setup = Setup::start("nginx.conf");
    let mut text = setup.replaced("listen 443 ", &format!("listen {} ", setup.address));
    for name in ["store.example", "gateway.example"] {
        text = text.replace(&format!("/etc/ssl/{name}.pem"), "certificate.pem");
        text = text.replace(&format!("/etc/ssl/{name}.key"), "certificate.key");
    }
    let folder = setup.folder.path();
    let path = |name: &str| folder.join(name).display().to_string();
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", path(kind)));
    let head = format!("pid {};\nevents {{}}\nhttp {{\n", path("pid"));
    fs::write(
        folder.join("proxy.conf"),
        head + &temporary.concat() + &text + "}\n",
    )
    .unwrap();
    let mut nginx = Command::new("nginx");
    nginx.args(["-e", "stderr", "-g", "daemon off;", "-c"]);
    nginx.arg(folder.join("proxy.conf"));
    setup.assert_forwards(nginx);
}

/// Caddy forwards requests for each name to its server.
#[test]
fn caddy_serves_store_and_gateway() {
    let setup = Setup::start("Caddyfile");
    // Otherwise Caddy would request certificates, and listen on other ports too.
    let mut text = setup.replaced(
        "{\n\tservers",
        "{\n\tadmin off\n\tauto_https off\n\tservers",
    );
    let folder = setup.folder.path();
    let SocketAddr::V4(address) = setup.address else {
        panic!("the address is of IPv4");
    };
    for name in ["store.example", "gateway.example"] {
        let site = format!(
            "https://{name}:{} {{\n\tbind {}\n\ttls {2}/certificate.pem {2}/certificate.key",
            address.port(),
            address.ip(),
            folder.display()
        );
        text = text.replace(&format!("{name} {{"), &site);
    }
    fs::write(folder.join("Caddyfile"), text).unwrap();
    let mut caddy = Command::new("caddy");
    caddy.args(["run", "--adapter", "caddyfile", "--config"]);
    caddy.arg(folder.join("Caddyfile")).env("HOME", folder);
    setup.assert_forwards(caddy);
}

/// A store and a gateway, and the file of a proxy in front of them.
struct Setup {
    folder: TempDir,
    /// The address of the proxy.
    address: SocketAddr,
    /// The file of the proxy, with the addresses of the servers.
    text: String,
    _servers: [(Service, Running); 2],
}

impl Setup {
    fn start(file: &str) -> Self {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let mut text =
            fs::read_to_string(Package::workspace().join("packaging/proxy").join(file)).unwrap();
        let [store, gateway, _] = Package::ALL;
        let servers = [(store, "127.0.0.1:8787"), (gateway, "127.0.0.1:8790")];
        let servers = servers.map(|(package, installed)| {
            let service = Service::install(package);
            let mut command = service.command();
            if package.name == "store" {
                command.arg(format!("--host=store.example:{}", address.port()));
            }
            let mut running = Running::start(command, None);
            let line = running.line();
            let actual = line.strip_prefix("listening on http://").unwrap();
            assert!(text.contains(installed), "{installed}");
            text = text.replace(installed, actual);
            (service, running)
        });
        let folder = tempfile::tempdir().unwrap();
        make_certificate(folder.path());
        Self {
            folder,
            address,
            text,
            _servers: servers,
        }
    }

    fn replaced(&self, from: &str, to: &str) -> String {
        assert!(self.text.contains(from), "{from:?} is not in the file");
        self.text.replace(from, to)
    }

    /// Each server answers under its name, and not under the other one.
    fn assert_forwards(&self, mut proxy: Command) {
        let proxy = proxy.stdin(Stdio::null()).spawn();
        let _proxy = Proxy(proxy.expect("the Debian packages `nginx` and `caddy` are installed"));
        eventually("the proxy listens", || {
            TcpStream::connect(self.address).ok()
        });
        for name in ["store.example", "gateway.example"] {
            let answer = self.get(name, "/health", "%{http_code}");
            assert!(answer.starts_with("{\"status\":\"ok\""), "{answer}");
            assert!(answer.ends_with("200"), "{answer}");
        }
        // The store knows its name, and only the gateway answers with problems.
        let document = format!("/v1/documents/{:064}", 0);
        let told = " %{http_code} %{content_type}";
        let answer = self.get("store.example", &document, told);
        assert!(answer.contains("not_found"), "{answer}");
        assert!(answer.ends_with(" 404 application/json"), "{answer}");
        let answer = self.get("gateway.example", &document, told);
        assert!(
            answer.ends_with(" 404 application/problem+json"),
            "{answer}"
        );
    }

    /// The answer to a request at the proxy, and what curl tells about it.
    fn get(&self, name: &str, path: &str, told: &str) -> String {
        let port = self.address.port();
        let output = Command::new("curl")
            .args(["--silent", "--show-error", "--insecure", "--max-time", "60"])
            .arg("--resolve")
            .arg(format!("{name}:{port}:{}", self.address.ip()))
            .args(["--write-out", told])
            .arg(format!("https://{name}:{port}{path}"))
            .output()
            .expect("the Debian package `curl` is installed");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}{path}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// Makes a certificate for both names.
fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:P-256"])
        .args(["-subj", "/CN=store.example", "-addext"])
        .arg("subjectAltName=DNS:store.example,DNS:gateway.example")
        .args(["-out", "certificate.pem", "-keyout", "certificate.key"])
        .current_dir(folder)
        .output()
        .expect("the Debian package `openssl` is installed");
    assert!(made.status.success());
}

/// A running proxy.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        // The workers of nginx only end if their master is terminated, not if it is killed.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.0.wait();
    }
}
