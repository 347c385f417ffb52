//! Other programs, and what they used.

use std::{
    io,
    mem::MaybeUninit,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

/// What a process used.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// From start to end.
    pub wall: Duration,
    /// Processor time of all its threads, the system's included.
    pub cpu: Duration,
    /// The most memory that it had at a time, in bytes.
    pub memory: u64,
}

/// Runs a program to its end.
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
        // In KiB on Linux.
        memory: u64::try_from(usage.ru_maxrss)? * 1024,
    })
}

/// Waits for a process, and takes what the system counted for it.
fn wait(child: Child) -> Result<(i32, libc::rusage)> {
    let pid = libc::pid_t::try_from(child.id())?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::uninit();
    // SAFETY: both pointers are to memory of ours that lives longer than the call. `child` is not waited for
    // otherwise: it is dropped, which does not.
    let waited = unsafe { libc::wait4(pid, &mut status, 0, usage.as_mut_ptr()) };
    ensure!(waited == pid, io::Error::last_os_error());
    // SAFETY: `wait4` returned a process, and has filled it in.
    Ok((status, unsafe { usage.assume_init() }))
}

fn duration(time: libc::timeval) -> Duration {
    let seconds = Duration::from_secs(time.tv_sec.try_into().unwrap_or_default());
    seconds + Duration::from_micros(time.tv_usec.try_into().unwrap_or_default())
}

/// Whether there is such a program on the PATH.
pub fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command.arg("--version").stdin(Stdio::null());
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok()
}

/// A server, which ends with this value.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
