//! Projects and lists in a temporary folder, the same ones every time.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use tempfile::TempDir;

/// Area codes that are in use: each holds 800 exchanges of 10,000 numbers.
const AREAS: [u64; 20] = [
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 301, 302, 303, 304, 305,
];
const NUMBERS: u64 = 20 * 800 * 10_000;
/// Has no divisor with [`NUMBERS`], so that steps of it come to every number once.
const STEP: u64 = 75_347_777;

const NAMES: [&str; 24] = [
    "Ada",
    "Albert",
    "Alice",
    "Amy",
    "Andrew",
    "Anna",
    "Arthur",
    "Ava",
    "Benjamin",
    "Beth",
    "Brian",
    "Carl",
    "Charlotte",
    "Chloe",
    "Christopher",
    "Daniel",
    "Elizabeth",
    "Emma",
    "Felix",
    "Grace",
    "Hannah",
    "Isaac",
    "Jo",
    "Zachary",
];

/// A folder with a project: a simulated provider, prices, `people.csv` with a number, a name and a code of six signs in
/// each row, and `bench.campaign.yaml`, which has a text with both to everybody at `schedule`.
pub fn project(rows: u64, schedule: &str) -> TempDir {
    project_of(rows, schedule, PACED)
}

/// A simulated provider that is fast but not endless.
pub const PACED: &str = "trial: { kind: simulated, rate: 100000/s, delivered: 95%, replies: 1%, seed: 7 }";
/// One without a rate, whose every text arrives.
pub const UNPACED: &str = "trial: { kind: simulated, seed: 7 }";

/// The same with a provider `trial` as given.
pub fn project_of(rows: u64, schedule: &str, provider: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "prices.csv",
        "country,price,currency\nUS,0.0079,USD\n",
    );
    write(
        folder.path(),
        "crier.yaml",
        &PROJECT.replace("PROVIDER", provider),
    );
    let campaign = format!(
        "audience: people.csv\nschedule: {schedule}\nreplies: office\n\
         message: \"Hi {{{{first_name}}}}, your code for the night market is {{{{code}}}}. STOP to opt out\"\n"
    );
    write(folder.path(), "bench.campaign.yaml", &campaign);
    people(&folder.path().join("people.csv"), rows).expect("written");
    folder
}

const PROJECT: &str = "\
crier: 1
project: bench
region: US
timezone: America/New_York
sender: desk
prices: prices.csv
inboxes: { office: { email: office@bench.example } }
providers: { PROVIDER }
senders: { desk: { number: \"+12125550100\", provider: trial, receives: true } }
";

/// Writes a file below a folder.
pub fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("written");
}

fn people(path: &Path, rows: u64) -> std::io::Result<()> {
    assert!(rows <= NUMBERS, "there are {NUMBERS} numbers");
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "phone,first_name,code")?;
    for n in 0..rows {
        let code = code(n);
        let name = NAMES[usize::try_from(mixed(n) % 24).expect("small")];
        writeln!(file, "+{},{name},{code}", phone(n))?;
    }
    file.flush()
}

/// The n-th number, in no order.
pub fn phone(n: u64) -> u64 {
    let place = n * STEP % NUMBERS;
    let area = AREAS[usize::try_from(place % 20).expect("small")];
    10_000_000_000 + area * 10_000_000 + (200 + place / 20 % 800) * 10_000 + place / 16_000
}

/// Six capital letters that nothing foretells.
fn code(n: u64) -> String {
    let mut rest = mixed(n) / 24;
    let letters = (0..6).map(|_| {
        let letter = u8::try_from(rest % 26).expect("small");
        rest /= 26;
        char::from(b'A' + letter)
    });
    letters.collect()
}

/// The finaliser of SplitMix64: neighbours come out far apart.
fn mixed(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
