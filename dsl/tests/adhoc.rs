use std::collections::BTreeMap;
use dsl::*;
#[test] fn adhoc(){
 for ex in ["clinic","piazza"] {
  let dir=format!("/work/shared/examples/{ex}");
  let t=String::from_utf8(std::fs::read(format!("{dir}/crier.yaml")).unwrap()).unwrap();
  let pf=parse_project(&t);
  print!("{}",render::concise(&check_project(&pf,ex).diagnostics,&format!("{ex}/crier.yaml"),&t));
  let project=outline_project(&pf,ex);
  for e in std::fs::read_dir(format!("{dir}/campaigns")).unwrap(){ let p=e.unwrap().path();
   let t=std::fs::read_to_string(&p).unwrap(); let f=parse_campaign(&t);
   let mut headers=BTreeMap::new();
   for l in f.files(&project){ let h=match std::fs::read_to_string(format!("{dir}/{}",l.path)){Ok(s)=>Header::Columns(s.trim_start_matches('\u{feff}').lines().next().unwrap().split([',',';']).map(str::to_owned).collect()),Err(_)=>Header::Absent}; headers.insert(l.path.clone(),h);}
   let name=p.file_name().unwrap().to_string_lossy().into_owned();
   let c=check_campaign(&f,&Surroundings{project:&project,file_name:name.split('.').next().unwrap(),headers:&headers});
   if c.diagnostics.is_empty(){println!("{name}: no findings");}
   print!("{}",render::concise(&c.diagnostics,&name,&t));
  }
 }
 // LANGUAGE.md's own examples
 let md=std::fs::read_to_string("/work/shared/LANGUAGE.md").unwrap();
 let mut parts=md.split("```yaml\n").skip(1).map(|s| s.split("```").next().unwrap().to_owned());
 let (small,large)=(parts.next().unwrap(),parts.next().unwrap()); let proj=parts.next().unwrap();
 let pf=parse_project(&proj); print!("{}",render::concise(&check_project(&pf,"x").diagnostics,"LANGUAGE crier.yaml",&proj));
 let project=outline_project(&pf,"x");
 for t in [small,large]{ let f=parse_campaign(&t); let h=BTreeMap::new(); let c=check_campaign(&f,&Surroundings{project:&project,file_name:"c",headers:&h}); println!("--"); print!("{}",render::concise(&c.diagnostics,"LANGUAGE",&t)); }
}
