//! `crier validate` on many campaigns: copies of those of the example project, each under a name of its own.
//!
//!     cargo bench --bench validate -- --files 1000

mod support;

use std::fs;
use std::path::Path;

use support::{Figures, Mark};

fn main() {
    let files = support::number("files", 1_000);
    let folder = tempfile::tempdir().expect("a folder");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    copy(&example, folder.path(), files);
    let used = support::best(5, || support::crier(folder.path(), &["validate"]));
    let mut figures = Figures::new();
    figures.add_used(&used, Mark::Most(1.0), Mark::None);
    figures.print(&format!("crier validate, {files} campaigns, the best of 5"));
}

/// The example project with so many campaigns in place of its own.
fn copy(example: &Path, folder: &Path, files: u64) {
    let read = |name: &str| fs::read_to_string(example.join(name)).expect("a file of the example");
    for name in ["crier.yaml", "prices.csv"] {
        support::data::write(folder, name, &read(name));
    }
    fs::create_dir(folder.join("lists")).expect("a folder");
    for list in fs::read_dir(example.join("lists")).expect("the lists").flatten() {
        fs::copy(list.path(), folder.join("lists").join(list.file_name())).expect("copied");
    }
    let campaigns = [read("hello.campaign.yaml"), read("concert.campaign.yaml")];
    for (n, text) in (0..files).zip(campaigns.iter().cycle()) {
        let text = text.replace(
            "campaign: winter-concert",
            &format!("campaign: winter-concert-{n}"),
        );
        support::data::write(folder, &format!("copy-{n}.campaign.yaml"), &text);
    }
}
