//! The command line of crier: one file per command, printing and exit codes. Nothing is decided here.

mod cli;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    output::start_log(cli.verbose);
    let json = cli.wants_json();
    match commands::run(cli) {
        Ok(code) => code,
        Err(failure) => {
            output::error(&failure);
            if json {
                output::json_error(&failure);
            }
            ExitCode::from(failure.code())
        }
    }
}
