//! A store as it is made: every story begins with a copy of it. To make the tables anew takes longer than many a story, and
//! meets none of its faults: those begin when the store is open.

use std::path::Path;
use std::sync::OnceLock;

use engine::store::{Access, OpenOptions, Store};

/// Puts one there.
pub fn put(path: &Path) {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    let folder = path.parent().expect("it is in a folder");
    std::fs::create_dir_all(folder).expect("a folder");
    std::fs::write(path, MADE.get_or_init(make)).expect("written");
}

fn make() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crier.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let options = OpenOptions {
            access: Access::Execute,
            most_pages: None,
        };
        let store = Store::open(&path, options).await.expect("a store");
        store.close().await;
    });
    std::fs::read(path).expect("what was just written")
}
