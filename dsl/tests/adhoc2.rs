#![allow(missing_docs)]
use dsl::*;
#[test] fn adhoc(){
 for c in ["message: \"text\" more\n","- {text: {{x}} ciao}\n","message: { it: {{first_name}} ciao, en: \"x\" }\n","message: Ciao {{first_name}}: porte\n","steps:\n- send: a\n- wait: 2 days\n  - send: b\n","message: *ciao* a tutti\n","message: !ciao a tutti\n","message: ? x\n","message: [STOP] ciao\n","message: 'x' 'y'\n","message: > testo\n","message: |testo\n","message: |\n testo\n  due\naudience: x\n","audience:\n  from: x\n schedule: now\n","steps:\n  - send: a\n    - wait: 2 days\n","steps:\n  - send: a\n  wait: b\n","message: {it: \"a\" en: \"b\"}\n","languages: [it en]\n","languages: [it, en]]\n","languages: [it, en\nschedule: now\nmessage: x\n","message: \"a\nb\"\n","steps:\n  -send: a\n","message:Ciao\nschedule: now\n","schedule: now\nmessage:\n\tCiao\n","message: 'L'ora'\n", "message: \"Dice \"ciao\" a tutti\"\n","text: a\ntext : b\n","audience: &x y\nsender: *z\n","message: Reply: \"YES\"\n","message: 50% off: today\n", "limits: {parts: 1, rate: 5/s\nreplies: a@b.c\n","a: b: c\n","\"a\": \"b\n","key: [a, b\n","% x\n","\u{feff}audience: x\n"] {
  let f=parse_campaign(c);
  println!("== {c:?}");
  for d in f.findings().iter().filter(|d| d.code!="missing-key"){ print!("{}",render::concise(std::slice::from_ref(d),"",c)); println!("      at {:?} help {:?}", c.get(d.span.clone()), d.help);}
 }
}
