//! Other programs, and their resource usage.

use std::{
    fs, io,
    mem::MaybeUninit,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// The resource usage of a process.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// Time from start to end.
    pub wall: Duration,
    /// Processor time of all threads, including system time.
    pub cpu: Duration,
    /// Peak memory, in bytes.
    pub memory: u64,
}

/// Runs a program, and waits for its end.
pub fn run(command: &mut Command) -> Result<Used> {
    let shown = format!("{command:?}");
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("can't start {shown}"))?;
    let (status, usage) = wait(child)?;
    let wall = start.elapsed();
    ensure!(status == 0, "{shown} failed with status {status}");
    Ok(Used {
        wall,
        cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
        // Linux reports KiB.
        memory: u64::try_from(usage.ru_maxrss)? * 1024,
    })
}

/// Waits for a process, and returns the resource usage that the system reports for it.
fn wait(child: Child) -> Result<(i32, libc::rusage)> {
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both pointers are valid and outlive the call. Nothing else waits for `child`: dropping it does not.
    let waited = unsafe { libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()) };
    ensure!(waited == pid, io::Error::last_os_error());
    // SAFETY: `wait4` returned a process, so it has initialized the value.
    Ok((status, unsafe { usage.assume_init() }))
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = Duration::from_secs(time.tv_sec.try_into().unwrap_or_default());
    seconds + Duration::from_micros(time.tv_usec.try_into().unwrap_or_default())
}

/// Whether a program is on the PATH.
pub fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg("--version").stdin(Stdio::null());
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// A server, which ends when this is dropped.
pub struct Server(pub Child);

impl Server {
    /// The processor time of the server and its child processes up to now.
    pub fn cpu(&self) -> Result<Duration> {
        let mut ticks = 0;
        for entry in fs::read_dir("/proc")? {
            // Processes may end in the meantime, and other entries have no such file.
            let Ok(stat) = fs::read_to_string(entry?.path().join("stat")) else {
                continue;
            };
            // PID (NAME) STATE PARENT ... with user and system time as fields 14 and 15 (proc(5)).
            let Some((pid, rest)) = stat.split_once(' ') else {
                continue;
            };
            let fields: Vec<_> = match rest.rsplit_once(')') {
                Some((_, fields)) => fields.split_whitespace().collect(),
                None => continue,
            };
            let server = self.0.id().to_string();
            if [Some(&pid), fields.get(1)].contains(&Some(&server.as_str())) {
                for field in [11, 12] {
                    ticks += fields.get(field).context("missing field")?.parse::<u64>()?;
                }
            }
        }
        // SAFETY: the function takes and returns numbers.
        let per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
        Ok(Duration::from_secs(ticks) / u32::try_from(per_second)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM instead of SIGKILL, because nginx has to end its workers.
        if let Ok(pid) = libc::pid_t::try_from(self.0.id()) {
            // SAFETY: the function takes numbers. Nobody has waited for the process, so the id still belongs to it.
            unsafe { libc::kill(pid, libc::SIGTERM) };
        }
        let _ = self.0.wait();
    }
}
