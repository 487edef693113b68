#![allow(missing_docs)]
use dsl::*;
#[test]
fn big() {
    let p = project::Project::without_file("x");
    let mut b = String::from("audience: a.csv\nschedule: now\nsteps:\n");
    for i in 0..18000 {
        b += &format!("- send: a{i}x\n");
    }
    b += "messages:\n";
    for i in 0..18000 {
        b += &format!(" b{i}y: \"{{{{x}}}} c\"\n");
    }
    let mut c = String::new();
    for i in 0..45000 {
        c += &format!("k{i}: v\n");
    }
    c += "z: [a\n";
    let d = "- ".repeat(500_000);
    let e = "[".repeat(1_000_000);
    let f = "a: \"".to_string() + &"\\".repeat(1_000_000);
    let g = "message: \"".to_string() + &"{{x}}".repeat(12_000) + "\"\n";
    let h = "message: |\n".to_string() + &"  {{x}} y\n".repeat(100_000);
    let mut i = String::from("steps:\n");
    for k in 0..45000 {
        i += &format!("- q{k}: v\n");
    }
    for (n, t) in [
        ("b", b),
        ("c", c),
        ("d", d),
        ("e", e),
        ("f", f),
        ("g", g),
        ("h", h),
        ("i", i),
    ] {
        let s = std::time::Instant::now();
        let x = parse_campaign(&t);
        let r = check_campaign(
            &x,
            &Surroundings {
                project: &p,
                file_name: "x",
                headers: &Default::default(),
            },
        );
        println!(
            "{n} {} bytes {} diags {:?}",
            t.len(),
            r.diagnostics.len(),
            s.elapsed()
        );
    }
}
