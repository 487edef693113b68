//! What the benchmarks share: their data, the crier that was just built and what it used, and the table they print.
//! Each benchmark uses what it needs of it. Runs on Linux: what a process used is read from /proc.
#![allow(dead_code)]
#![allow(clippy::print_stdout)]

pub mod data;
pub mod inside;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use comfy_table::{Table, presets};
use engine::clock::{Clock, SystemClock};

/// The number behind `--NAME`, as typed; else `default`.
pub fn number(name: &str, default: u64) -> u64 {
    let mut args = std::env::args().skip_while(|arg| *arg != format!("--{name}"));
    let typed = args.nth(1);
    typed.map_or(default, |typed| typed.parse().expect("a number"))
}

/// `crier` in a folder, without colours, its output thrown away.
pub fn crier(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crier"));
    command.args(args).current_dir(folder).env("NO_COLOR", "1");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What a process used.
#[derive(Clone, Copy, Default)]
pub struct Used {
    /// From its start to its end, or to when it was asked.
    pub wall: Duration,
    /// Of all its threads, in user and kernel mode.
    pub cpu: Duration,
    /// Most memory that was resident at once, in bytes.
    pub resident: u64,
}

impl Used {
    /// So many a second of wall time.
    pub fn rate(&self, n: u64) -> f64 {
        n as f64 / self.wall.as_secs_f64()
    }
}

/// Runs a command to its end. It must succeed.
pub fn run(mut command: Command) -> Used {
    let clock = SystemClock::new();
    let mut child = command.spawn().expect("crier starts");
    let mut used = Used::default();
    loop {
        used = used_by(&child).unwrap_or(used);
        if let Some(status) = child.try_wait().expect("a child of ours") {
            assert!(status.success(), "{command:?}: {status}");
            used.wall = clock.monotonic();
            return used;
        }
        // A short command is watched closely, a long one is not disturbed.
        let pause = clock.monotonic() / 50;
        std::thread::sleep(pause.clamp(Duration::from_micros(200), Duration::from_millis(50)));
    }
}

/// The least of several runs: what the command takes when nothing else is in its way.
pub fn best(times: u32, command: impl Fn() -> Command) -> Used {
    let runs = (0..times).map(|_| run(command()));
    runs.min_by_key(|used| used.wall).expect("at least one run")
}

/// A command that goes on.
pub struct Running {
    /// Until it is waited for.
    pub child: Child,
    /// Up to the line that was waited for.
    pub used: Used,
}

/// Starts a command and lets it run until it prints a line with `word`.
pub fn run_until(mut command: Command, word: &str) -> Running {
    let clock = SystemClock::new();
    let mut child = command.stdout(Stdio::piped()).spawn().expect("crier starts");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let said = lines.map_while(Result::ok).any(|line| line.contains(word));
    assert!(said, "{command:?} ended without a word of {word:?}");
    let used = Used {
        wall: clock.monotonic(),
        ..used_by(&child).expect("it runs")
    };
    Running { child, used }
}

/// Ticks of /proc a second: Linux shows every program 100.
const TICKS: u64 = 100;

fn used_by(child: &Child) -> Option<Used> {
    used_by_process(&child.id().to_string())
}

/// Processor time of this process so far.
pub fn own_cpu() -> Duration {
    used_by_process("self").expect("this process runs").cpu
}

/// Most memory of this process that was resident at once, in bytes.
pub fn own_resident() -> u64 {
    used_by_process("self").expect("this process runs").resident
}

fn used_by_process(process: &str) -> Option<Used> {
    let read = |what| std::fs::read_to_string(format!("/proc/{process}/{what}")).ok();
    let status = read("status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = resident.trim().trim_end_matches(" kB").parse().ok()?;
    // Behind the name, which may hold spaces; user time is the 12th field after it, kernel time the 13th.
    let stat = read("stat")?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace();
    let ticks: u64 = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    Some(Used {
        wall: Duration::ZERO,
        cpu: Duration::from_millis(ticks * 1_000 / TICKS),
        resident: kib * 1_024,
    })
}

/// What is to be reached.
pub enum Mark {
    /// At most so much.
    Most(f64),
    /// At least so much.
    Least(f64),
    /// Only told.
    None,
}

/// The figures of a benchmark.
pub struct Figures(Table);

impl Figures {
    /// Empty.
    pub fn new() -> Figures {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_header(["figure", "measured", "mark", "met"]);
        Figures(table)
    }

    /// Adds a figure in a unit.
    pub fn add(&mut self, figure: &str, measured: f64, unit: &str, mark: Mark) {
        let (mark, met) = match mark {
            Mark::Most(most) => (format!("at most {}", shown(most)), measured <= most),
            Mark::Least(least) => (format!("at least {}", shown(least)), measured >= least),
            Mark::None => (String::new(), true),
        };
        let met = match (mark.is_empty(), met) {
            (true, _) => "",
            (false, true) => "yes",
            (false, false) => "NO",
        };
        let measured = format!("{} {unit}", shown(measured));
        self.0.add_row([figure, &measured, &mark, met]);
    }

    /// Adds wall time, processor time and memory.
    pub fn add_used(&mut self, used: &Used, most_seconds: Mark, most_mib: Mark) {
        self.add("time", used.wall.as_secs_f64(), "s", most_seconds);
        self.add("processor time", used.cpu.as_secs_f64(), "s", Mark::None);
        self.add("resident at most", mib(used.resident), "MiB", most_mib);
    }

    /// Prints them below a title and the machine.
    pub fn print(&self, title: &str) {
        println!("{title}\n{}\n\n{}", machine(), self.0);
    }
}

/// Bytes as MiB.
pub fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Three digits, or all before the point.
fn shown(figure: f64) -> String {
    let digits = match figure.abs() {
        n if n >= 100.0 => 0,
        n if n >= 10.0 => 1,
        _ => 3,
    };
    format!("{figure:.digits$}")
}

/// Cores and processor.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let about = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = about.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |model| model.trim_start_matches([' ', '\t', ':']));
    format!("machine: {cores} cores, {model}")
}
