//! Another reader of YAML sees in the good files what ours sees.

use super::{another_reader, support};

#[test]
fn another_reader_sees_the_same_in_every_good_file() {
    let folders = support::projects("ok").into_iter().flat_map(support::files_of);
    let files = ["ok", "fixture", "schema"].into_iter().flat_map(support::files);
    for path in files.chain(folders) {
        let text = std::fs::read_to_string(&path).expect("it can be read");
        another_reader::sees_the_same(&path.display().to_string(), &text);
    }
}
