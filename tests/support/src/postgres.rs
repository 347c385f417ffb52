use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

/// The system user that runs it where the tests run as root, which PostgreSQL refuses.
const SYSTEM_USER: &str = "postgres";

/// A PostgreSQL server with an empty database, from Debian's packages, reached through a socket in its folder. It is
/// stopped and removed when it is dropped.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
}

impl Postgres {
    /// Starts one.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed, or does not start.
    pub fn start() -> Self {
        // A short path that every system user reaches: a socket's has at most 107 bytes.
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let server = Self {
            programs: programs(),
            folder,
        };
        if is_root() {
            let (user, group) = ids_of(SYSTEM_USER);
            chown(server.folder.path(), Some(user), Some(group)).unwrap();
        }
        fs::set_permissions(server.folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let data = server.data();
        server.run("initdb", |command| {
            command
                .args([
                    "--auth=trust",
                    "--username=gateway",
                    "--encoding=UTF8",
                    "--no-sync",
                    "-D",
                ])
                .arg(&data)
        });
        // Nothing of it outlives the test: what a power cut would take is not waited for.
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c synchronous_commit=off",
            server.folder.path().display()
        );
        let log = server.folder.path().join("log");
        server.run("pg_ctl", |command| {
            command
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(&log)
                .args(["-o", &options, "-w", "start"])
        });
        server
    }

    /// Where it is, for sqlx.
    pub fn url(&self) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://gateway@{folder}/postgres")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) {
        let output = self.output(program, arguments);
        assert!(
            output.status.success(),
            "{program}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn output(
        &self,
        program: &str,
        arguments: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Output {
        let program = self.programs.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("setpriv");
                command
                    .args([
                        "--reuid",
                        SYSTEM_USER,
                        "--regid",
                        SYSTEM_USER,
                        "--init-groups",
                    ])
                    .arg(program);
                command
            }
            false => Command::new(program),
        };
        // The server that `pg_ctl` leaves running must not hold the test's own pipes.
        let log = fs::File::create(self.folder.path().join("output")).unwrap();
        command
            .current_dir(self.folder.path())
            .stdin(std::process::Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let status = arguments(&mut command).status().unwrap();
        Output {
            status,
            stdout: fs::read(self.folder.path().join("output")).unwrap(),
            stderr: Vec::new(),
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        self.output("pg_ctl", |command| {
            command
                .arg("-D")
                .arg(&data)
                .args(["-m", "immediate", "-w", "stop"])
        });
    }
}

/// The folder of the newest version's programs.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed");
    let newest = versions
        .map(|version| version.unwrap().path().join("bin"))
        .filter(|programs| programs.join("initdb").exists())
        .max();
    newest.expect("PostgreSQL's server is installed")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// The numbers of a system user.
fn ids_of(name: &str) -> (u32, u32) {
    let users = fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let line = users
        .lines()
        .find(|line| line.starts_with(&format!("{name}:")));
    let fields: Vec<_> = line.expect("the system user is there").split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}
